using System.Collections.Immutable;
using System.Net;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>Renews one secret as long as the process runs. <see cref="SecretRenewal"/> decides, and the loop performs the effects.</summary>
/// <param name="files">Where the secret is written, and the token that it is read with.</param>
/// <param name="reader">Reads it.</param>
/// <param name="path">The secret.</param>
/// <param name="interval">How often it is read again if it has no end.</param>
/// <param name="metrics">Counts what is read and renewed.</param>
/// <param name="log">Receives a line for what happens to the secret.</param>
internal sealed class SecretLoop(SecretFiles files, SecretReader reader, SecretPath path, TimeSpan interval, SidecarMetrics metrics, Log log)
{
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(40);

    private TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SecretReading? _read;

    /// <summary>Another token is used from now on.</summary>
    public void TokenReplaced() => Volatile.Read(ref _replaced).TrySetResult();

    /// <summary>Renews, reads and writes until it is cancelled.</summary>
    /// <param name="lease">How long the present content of the files is good.</param>
    /// <param name="cancellation">Ends the loop.</param>
    public async Task RunAsync(SecretLease lease, CancellationToken cancellation)
    {
        var (state, effects) = SecretRenewal.Begin(lease, interval, reader.Now, Random.Shared.NextDouble());
        while (true)
        {
            // Ends a timer for which nobody waits any more.
            using var action = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var answer = Perform(effects, action.Token);
            (state, effects) = await NextAsync(state, answer, cancellation).ConfigureAwait(false);
            await action.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<Transition<SecretRenewal, SecretRenewalEffect>> NextAsync(SecretRenewal state, Task<SecretRenewalInput> answer, CancellationToken cancellation)
    {
        while (await Task.WhenAny(answer, _replaced.Task).WaitAsync(cancellation).ConfigureAwait(false) != answer)
        {
            Volatile.Write(ref _replaced, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var next = state.Handle(new SecretRenewalInput.TokenReplaced(), reader.Now, Random.Shared.NextDouble());
            if (next.Effects.Count > 0) return next;
            state = next.State;
        }

        var input = await answer.ConfigureAwait(false);
        if (input is SecretRenewalInput.Read or SecretRenewalInput.ReadFailed) metrics.SecretRead(input is SecretRenewalInput.Read);
        if (input is SecretRenewalInput.Renewed or SecretRenewalInput.RenewFailed) metrics.LeaseRenewed(input is SecretRenewalInput.Renewed);
        return state.Handle(input, reader.Now, Random.Shared.NextDouble());
    }

    /// <summary>Carries out effects; one of them has an answer.</summary>
    private Task<SecretRenewalInput> Perform(ImmutableList<SecretRenewalEffect> effects, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<SecretRenewalInput>().Task;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SecretRenewalEffect.Read:
                    answer = ReadAsync(cancellation);
                    break;
                case SecretRenewalEffect.Renew renew:
                    answer = RenewAsync(renew.LeaseId, cancellation);
                    break;
                case SecretRenewalEffect.Wait wait:
                    answer = WaitAsync(wait.Delay, cancellation);
                    break;
                case SecretRenewalEffect.Write:
                    files.Put(_read!);
                    break;
                case SecretRenewalEffect.Log { IsWarning: true } warning:
                    log.Warn($"The secret {path}: {warning.Text}");
                    break;
                case SecretRenewalEffect.Log step:
                    log.Info($"The secret {path}: {step.Text}");
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(effects), effect.GetType().Name, "not an effect");
            }
        }

        return answer;
    }

    private static async Task<SecretRenewalInput> WaitAsync(TimeSpan delay, CancellationToken cancellation)
    {
        // The longest time of a timer is 49 days.
        for (var left = delay; left > TimeSpan.Zero; left -= s_longestTimer)
            await Task.Delay(left < s_longestTimer ? left : s_longestTimer, cancellation).ConfigureAwait(false);
        return new SecretRenewalInput.TimerDue();
    }

    private async Task<SecretRenewalInput> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            _read = await reader.ReadAsync(path, files.Access, cancellation).ConfigureAwait(false);
            return new SecretRenewalInput.Read(_read.Lease);
        }
        catch (VaultException e)
        {
            return new SecretRenewalInput.ReadFailed(e.Failure != VaultFailure.Permanent, e.Message, e.RetryAfter);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.Error($"The secret {path} was not read for a reason that was not foreseen; please report it: {Unforeseen.Describe(e)}");
            return new SecretRenewalInput.ReadFailed(true, Unforeseen.Kinds(e));
        }
    }

    private async Task<SecretRenewalInput> RenewAsync(string leaseId, CancellationToken cancellation)
    {
        var asked = reader.Now;
        var access = files.Access;
        try
        {
            var lease = await access.Vault.RenewLeaseAsync(access.Token, leaseId, cancellation).ConfigureAwait(false);
            log.Debug($"Renewed the lease of {path} for {lease.Duration.TotalSeconds:0} s");
            return new SecretRenewalInput.Renewed(lease.Duration, lease.Renewable, asked);
        }
        catch (VaultException e)
        {
            return new SecretRenewalInput.RenewFailed(Kind(e), e.Message, e.RetryAfter);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.Error($"The lease of {path} was not renewed for a reason that was not foreseen; please report it: {Unforeseen.Describe(e)}");
            return new SecretRenewalInput.RenewFailed(LeaseFailure.Transient, Unforeseen.Kinds(e));
        }
    }

    private static LeaseFailure Kind(VaultException e) => e switch
    {
        { Failure: not VaultFailure.Permanent } => LeaseFailure.Transient,
        { Status: HttpStatusCode.BadRequest } when !e.Errors.Contains("lease is not renewable") => LeaseFailure.Gone,
        _ => LeaseFailure.Refused,
    };
}
