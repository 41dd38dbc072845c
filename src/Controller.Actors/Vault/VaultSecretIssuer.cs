using System.Net;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Pods;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>Is told of requests for secret_ids: metrics.</summary>
public interface IIssueObserver
{
    /// <summary>A wrapped secret_id is being asked for.</summary>
    void SecretIdRequested(string role);

    /// <summary>Vault did not issue it.</summary>
    void SecretIdFailed(string role);
}

/// <summary>Issues and revokes with the controller's token; a bounded number of requests at once.</summary>
public sealed class VaultSecretIssuer(
    VaultClient vault, ControllerToken token, VaultSettings settings, IIssueObserver observer, ILogger<VaultSecretIssuer> log) : ISecretIssuer, IDisposable
{
    private const int MaxConcurrency = 16;

    private readonly SemaphoreSlim _slots = new(MaxConcurrency);
    private int _revokeRefused;

    /// <inheritdoc/>
    public async Task<WrappingToken> IssueAsync(DeliveryTarget target, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            observer.SecretIdRequested(target.Role);
            return await vault.IssueWrappedSecretIdAsync(token.Value, target.Role, settings.WrappingTtl, Metadata(target), null, cancellation).ConfigureAwait(false);
        }
        catch (VaultException)
        {
            observer.SecretIdFailed(target.Role);
            throw;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public async Task RevokeAsync(string accessor, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await vault.RevokeAccessorAsync(token.Value, accessor, cancellation).ConfigureAwait(false);
        }
        catch (VaultException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            if (Interlocked.Exchange(ref _revokeRefused, 1) == 0)
                log.LogWarning("Undelivered wrapping tokens cannot be revoked, they die of their TTL: {Problem}. Grant update on auth/token/revoke-accessor", e.Message);
            throw;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    /// <summary>What Vault's audit log is to say of the secret_id.</summary>
    private static Dictionary<string, string> Metadata(DeliveryTarget target) => new()
    {
        ["namespace"] = target.Namespace,
        ["pod"] = target.Name,
        ["uid"] = target.Run.Uid,
        ["node"] = target.Node,
        ["run"] = target.Run.Container,
    };
}
