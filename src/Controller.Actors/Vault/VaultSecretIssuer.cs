using System.Net;
using System.Net.Sockets;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>Counts requests for secret_ids, for metrics.</summary>
internal interface IIssueObserver
{
    /// <summary>A wrapped secret_id is being asked for.</summary>
    void SecretIdRequested(string role);

    /// <summary>Vault did not issue it.</summary>
    /// <param name="role">The AppRole.</param>
    /// <param name="failure">The kind of failure; a lost token of the controller is transient, because the role is not at fault.</param>
    void SecretIdFailed(string role, VaultFailure failure);
}

/// <summary>Issues and revokes wrapping tokens with the controller's token, through the gates.</summary>
internal sealed class VaultSecretIssuer(
    VaultClient vault, ControllerToken token, VaultGates gates, VaultSettings settings, IIssueObserver observer, TimeProvider clock, ILogger<VaultSecretIssuer> log)
    : ISecretIssuer
{
    private int _revokeRefused;

    /// <inheritdoc/>
    public async Task<IssuedToken> IssueAsync(DeliveryTarget target, CancellationToken whileWaiting, CancellationToken cancellation)
    {
        await token.ValueAsync(whileWaiting).ConfigureAwait(false);
        try
        {
            return await gates.RunAsync(
                target.Role,
                async () =>
                {
                    observer.SecretIdRequested(target.Role);
                    var current = await token.ValueAsync(cancellation).ConfigureAwait(false);
                    var asked = clock.GetUtcNow();
                    var issued = await vault.IssueWrappedSecretIdAsync(current, target.Role, settings.WrappingTtl, Metadata(target), BoundCidr(target), cancellation).ConfigureAwait(false);
                    return new IssuedToken(issued, asked + issued.Ttl);
                },
                whileWaiting).ConfigureAwait(false);
        }
        catch (VaultException e)
        {
            // A revoked token is denied everything: then the role is not at fault.
            var failure = e.Status != HttpStatusCode.Forbidden ? e
                : await token.ConfirmAsync(cancellation).ConfigureAwait(false) == TokenState.Alive ? e.Explained(WhyForbidden(settings.WrappingTtl))
                : TokenLost(e);
            observer.SecretIdFailed(target.Role, failure.Failure);
            throw failure;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(string accessor, CancellationToken cancellation)
    {
        await token.ValueAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await gates.RunAsync(
                async () => await vault.RevokeAccessorAsync(await token.ValueAsync(cancellation).ConfigureAwait(false), accessor, cancellation).ConfigureAwait(false),
                cancellation).ConfigureAwait(false);
        }
        catch (VaultException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            if (await token.ConfirmAsync(cancellation).ConfigureAwait(false) != TokenState.Alive)
                throw TokenLost(e);
            if (Interlocked.Exchange(ref _revokeRefused, 1) == 0)
                log.RevokeForbidden(e.Message);
            throw;
        }
    }

    // Vault answers "permission denied" in all these cases.
    private static string WhyForbidden(TimeSpan wrappingTtl) =>
        $"the policies of the controllers' token do not grant update on this path, or no wrapping for {GoDuration.Format(wrappingTtl)}, which is vault.wrappingTTL (min_wrapping_ttl, max_wrapping_ttl), or not its parameters (allowed_parameters, denied_parameters)";

    private static VaultException TokenLost(VaultException e) =>
        new(e.Operation, "the controller's Vault token is lost, or that could not be ruled out", e) { Cause = VaultCause.TokenLost };

    /// <summary>The metadata of the secret_id, which Vault's audit log shows.</summary>
    private static Dictionary<string, string> Metadata(DeliveryTarget target) => new()
    {
        ["namespace"] = target.Namespace,
        ["pod"] = target.Name,
        ["uid"] = target.Run.Uid,
        ["node"] = target.Node,
        ["run"] = target.Run.Container,
    };

    /// <summary>The pod's address, if secret_ids are to be bound to it.</summary>
    private string? BoundCidr(DeliveryTarget target) => !settings.BindToPodIp ? null
        : IPAddress.TryParse(target.Ip, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"{target.Ip}/128"
        : $"{target.Ip}/32";
}
