using System.Collections.Immutable;
using AkkaVault.InitContainer.Secrets;
using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>Renews the token of the application. <see cref="SidecarRenewal"/> decides, and the loop performs the effects.</summary>
/// <param name="settings">The environment variables.</param>
/// <param name="run">The tokens that this run has been served with.</param>
/// <param name="secrets">The files of <c>VAULT_SECRETS</c>; null: there are none.</param>
/// <param name="systemRoots">Verify Vault where a push has no CAs.</param>
/// <param name="metrics">Counts what the sidecar does.</param>
/// <param name="log">What the sidecar does.</param>
internal sealed class RenewalLoop(Settings settings, ServedRun run, SecretFiles? secrets, SystemRoots systemRoots, SidecarMetrics metrics, Log log)
{
    private static readonly TimeSpan s_revokeTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(40);

    /// <summary>Renews the token until the process is asked to stop, or the token cannot live on. A token that is delivered meanwhile replaces the earlier one.</summary>
    /// <param name="served">The first token.</param>
    /// <param name="stopped">Completes when the process is asked to stop.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ServedToken served, Task stopped)
    {
        var renewed = new RenewedToken(served, Connect(served));
        RenewedToken? before = null;
        using var secretRenewals = secrets?.Begin(renewed.Vault, served.Auth.ClientToken, metrics);
        try
        {
            var (state, effects) = SidecarRenewal.Begin(served.Lease, MonotonicClock.Now, Random.Shared.NextDouble());
            metrics.Delivered();
            while (true)
            {
                metrics.Changed(state);
                var delivered = run.After(renewed.Served);
                if (!delivered.IsCompleted && effects.OfType<SidecarRenewalEffect.End>().FirstOrDefault() is { } end)
                {
                    log.Error(end.Reason);
                    return end.ExitCode;
                }

                using var cancellation = new CancellationTokenSource();
                var answer = Perform(effects, renewed, cancellation.Token);
                var first = await Task.WhenAny(stopped, delivered, answer).ConfigureAwait(false);
                if (first != answer) await cancellation.CancelAsync().ConfigureAwait(false);
                if (first == stopped)
                {
                    await RevokeAsync(renewed).ConfigureAwait(false);
                    log.Info("Asked to stop, exiting");
                    return ExitCodes.Delivered;
                }

                if (first == delivered)
                {
                    // The earlier connection may still be in use for reading a secret.
                    before?.Dispose();
                    before = renewed;
                    served = await delivered.ConfigureAwait(false);
                    // The push of the new token may have other CAs.
                    renewed = new RenewedToken(served, Connect(served));
                    secrets?.Use(renewed.Vault, served.Auth.ClientToken);
                    log.Info("Another token was delivered; the one before it is left to its TTL");
                }

                SidecarRenewalInput input = first == delivered ? new SidecarRenewalInput.Delivered(served.Lease) : await answer.ConfigureAwait(false);
                Count(input);
                (state, effects) = state.Handle(input, MonotonicClock.Now, Random.Shared.NextDouble());
            }
        }
        finally
        {
            before?.Dispose();
            renewed.Dispose();
        }
    }

    private void Count(SidecarRenewalInput input)
    {
        if (input is SidecarRenewalInput.Delivered) metrics.Delivered();
        if (input is SidecarRenewalInput.Renewed or SidecarRenewalInput.RenewFailed) metrics.Renewed(input is SidecarRenewalInput.Renewed);
    }

    private HttpClient Connect(ServedToken served) => Redemption.Connect(served.Push, served.Vault, systemRoots);

    /// <summary>Performs effects. At most one of them has an answer.</summary>
    private Task<SidecarRenewalInput> Perform(ImmutableList<SidecarRenewalEffect> effects, RenewedToken token, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<SidecarRenewalInput>().Task;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SidecarRenewalEffect.Renew:
                    answer = RenewAsync(token, cancellation);
                    break;
                case SidecarRenewalEffect.LookUp:
                    answer = LookUpAsync(token, cancellation);
                    break;
                case SidecarRenewalEffect.Wait wait:
                    answer = WaitAsync(wait.Delay, cancellation);
                    break;
                case SidecarRenewalEffect.Write write:
                    Write(token.Served, write);
                    break;
                case SidecarRenewalEffect.Log { IsWarning: true } warning:
                    log.Warn(warning.Text);
                    break;
                case SidecarRenewalEffect.Log step:
                    log.Info(step.Text);
                    break;
                case SidecarRenewalEffect.End:
                    // Another token is there already.
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(effects), effect.GetType().Name, "not an effect");
            }
        }

        return answer;
    }

    private static async Task<SidecarRenewalInput> WaitAsync(TimeSpan delay, CancellationToken cancellation)
    {
        // The longest time of a timer is 49 days.
        for (var left = delay; left > TimeSpan.Zero; left -= s_longestTimer)
            await Task.Delay(left < s_longestTimer ? left : s_longestTimer, cancellation).ConfigureAwait(false);
        return new SidecarRenewalInput.TimerDue();
    }

    private async Task<SidecarRenewalInput> RenewAsync(RenewedToken token, CancellationToken cancellation)
    {
        var asked = MonotonicClock.Now;
        try
        {
            var renewed = await token.Vault.RenewSelfAsync(token.Served.Auth.ClientToken, cancellation).ConfigureAwait(false);
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

    private static async Task<SidecarRenewalInput> LookUpAsync(RenewedToken token, CancellationToken cancellation)
    {
        try
        {
            await token.Vault.LookupSelfAsync(token.Served.Auth.ClientToken, cancellation).ConfigureAwait(false);
            return new SidecarRenewalInput.LookedUp(true, "");
        }
        catch (VaultException e)
        {
            return new SidecarRenewalInput.LookedUp(e.Status == System.Net.HttpStatusCode.Forbidden ? false : null, e.Message);
        }
    }

    private void Write(ServedToken served, SidecarRenewalEffect.Write lease)
    {
        try
        {
            run.Rewrite(served, Redemption.TokenFile(served.Auth with { LeaseDuration = lease.Ttl, Renewable = lease.Renewable }, served.Push));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The token in the file is good. Only its leaseDuration is out of date until the next renewal.
            log.Error($"The token is renewed, but {CredentialFileNames.VaultToken} in {settings.CredentialsPath} cannot be written again: {Causes.Of(e)}");
        }
    }

    private async Task RevokeAsync(RenewedToken token)
    {
        if (!settings.RevokeOnShutdown) return;
        if (token.Served.Auth.IsBatch)
        {
            log.Warn("REVOKE_ON_SHUTDOWN=true, but Vault cannot revoke a batch token: it lives until its TTL");
            return;
        }

        using var timeout = new CancellationTokenSource(s_revokeTimeout);
        try
        {
            // The file is removed first: if only this container is stopped, nobody finds a dead token, and the startup probe waits for another one.
            run.Withdraw();
            await token.Vault.RevokeSelfAsync(token.Served.Auth.ClientToken, timeout.Token).ConfigureAwait(false);
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

    /// <summary>The token that is renewed, and the connection that its push describes.</summary>
    private sealed class RenewedToken(ServedToken served, HttpClient http) : IDisposable
    {
        public ServedToken Served => served;

        public VaultClient Vault { get; } = new(http, ns: served.Push.VaultNamespace);

        public void Dispose() => http.Dispose();
    }
}
