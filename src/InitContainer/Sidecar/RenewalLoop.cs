using System.Collections.Immutable;
using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>Stays beside the application and renews its token. A thin shell: <see cref="SidecarRenewal"/> decides.</summary>
/// <param name="settings">The environment variables.</param>
/// <param name="folder">Where the token file is.</param>
/// <param name="served">The token.</param>
/// <param name="vault">The Vault that gave it.</param>
/// <param name="log">What the sidecar does.</param>
internal sealed class RenewalLoop(Settings settings, CredentialFolder folder, ServedToken served, VaultClient vault, Log log)
{
    private static readonly TimeSpan s_revokeTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(40);

    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly long _begun = TimeProvider.System.GetTimestamp();

    private TimeSpan Now => _clock.GetElapsedTime(_begun);

    /// <summary>Renews until it is asked to stop, or the token cannot live on.</summary>
    /// <param name="stopped">Completes when the process is asked to stop.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Task stopped)
    {
        using var cancellation = new CancellationTokenSource();
        var (state, effects) = SidecarRenewal.Begin(served.Lease(_clock, _begun), Now, Random.Shared.NextDouble());
        while (true)
        {
            if (effects.OfType<SidecarRenewalEffect.End>().FirstOrDefault() is { } end)
            {
                log.Error(end.Reason);
                return end.ExitCode;
            }

            var next = Perform(effects, cancellation.Token);
            if (await Task.WhenAny(stopped, next).ConfigureAwait(false) == stopped)
            {
                await cancellation.CancelAsync().ConfigureAwait(false);
                await RevokeAsync().ConfigureAwait(false);
                log.Info("Asked to stop, exiting");
                return ExitCodes.Delivered;
            }

            (state, effects) = state.Handle(await next.ConfigureAwait(false), Now, Random.Shared.NextDouble());
        }
    }

    /// <summary>Carries out effects; at most one of them has an answer.</summary>
    private Task<SidecarRenewalInput> Perform(ImmutableList<SidecarRenewalEffect> effects, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<SidecarRenewalInput>().Task;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SidecarRenewalEffect.Renew:
                    answer = RenewAsync(cancellation);
                    break;
                case SidecarRenewalEffect.LookUp:
                    answer = LookUpAsync(cancellation);
                    break;
                case SidecarRenewalEffect.Wait wait:
                    answer = WaitAsync(wait.Delay, cancellation);
                    break;
                case SidecarRenewalEffect.Write write:
                    Write(served.Auth with { LeaseDuration = write.Ttl, Renewable = write.Renewable });
                    break;
                case SidecarRenewalEffect.Log { IsWarning: true } warning:
                    log.Warn(warning.Text);
                    break;
                case SidecarRenewalEffect.Log step:
                    log.Info(step.Text);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(effects), effect.GetType().Name, "not an effect");
            }
        }

        return answer;
    }

    private static async Task<SidecarRenewalInput> WaitAsync(TimeSpan delay, CancellationToken cancellation)
    {
        // A timer holds 49 days.
        for (var left = delay; left > TimeSpan.Zero; left -= s_longestTimer)
            await Task.Delay(left < s_longestTimer ? left : s_longestTimer, cancellation).ConfigureAwait(false);
        return new SidecarRenewalInput.TimerDue();
    }

    private async Task<SidecarRenewalInput> RenewAsync(CancellationToken cancellation)
    {
        var asked = Now;
        try
        {
            var renewed = await vault.RenewSelfAsync(served.Auth.ClientToken, cancellation).ConfigureAwait(false);
            log.Debug($"Renewed the token for {renewed.LeaseDuration.TotalSeconds:0} s");
            return new SidecarRenewalInput.Renewed(renewed.LeaseDuration, renewed.Renewable, asked);
        }
        catch (VaultException e)
        {
            var kind = e switch
            {
                { Status: System.Net.HttpStatusCode.Forbidden } => RenewFailure.Denied,
                { Failure: VaultFailure.Permanent } => RenewFailure.Refused,
                { Cause: VaultCause.Untrusted } => RenewFailure.Untrusted,
                _ => RenewFailure.Transient,
            };
            return new SidecarRenewalInput.RenewFailed(kind, e.Message, e.RetryAfter);
        }
    }

    private async Task<SidecarRenewalInput> LookUpAsync(CancellationToken cancellation)
    {
        try
        {
            await vault.LookupSelfAsync(served.Auth.ClientToken, cancellation).ConfigureAwait(false);
            return new SidecarRenewalInput.LookedUp(true, "");
        }
        catch (VaultException e)
        {
            return new SidecarRenewalInput.LookedUp(e.Status == System.Net.HttpStatusCode.Forbidden ? false : null, e.Message);
        }
    }

    private void Write(VaultAuth renewed)
    {
        try
        {
            folder.Put(CredentialFileNames.VaultToken, Redemption.TokenFile(renewed, served.Push));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The token in the file is the same and lives on; only its leaseDuration is out of date until the next renewal.
            log.Error($"The token is renewed, but {CredentialFileNames.VaultToken} in {settings.CredentialsPath} cannot be written again: {Causes.Of(e)}");
        }
    }

    private async Task RevokeAsync()
    {
        if (!settings.RevokeOnShutdown) return;
        if (served.Auth.IsBatch)
        {
            log.Warn("REVOKE_ON_SHUTDOWN=true, but Vault cannot revoke a batch token: it lives until its TTL");
            return;
        }

        using var timeout = new CancellationTokenSource(s_revokeTimeout);
        try
        {
            // First the file: if only this container is stopped, nobody finds a dead token, and the startup probe waits for another.
            folder.Remove(CredentialFileNames.VaultToken);
            await vault.RevokeSelfAsync(served.Auth.ClientToken, timeout.Token).ConfigureAwait(false);
            log.Info("Revoked the token");
        }
        catch (Exception e) when (e is VaultException or IOException or UnauthorizedAccessException)
        {
            log.Error($"The token is not revoked: {(e is VaultException ? e.Message : Causes.Of(e))}");
        }
        catch (OperationCanceledException)
        {
            log.Error($"The token is not revoked: Vault did not answer within {s_revokeTimeout.TotalSeconds:0} s");
        }
    }
}
