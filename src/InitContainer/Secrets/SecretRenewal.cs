using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using AkkaVault.Shared;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>
/// How a sidecar keeps one secret good, as a pure state machine. A lease is renewed at half of its TTL; one that cannot be renewed
/// any longer, or not for its whole TTL, is replaced: the secret is read again at two thirds of what is left. A secret without an
/// end is read again after each interval. While Vault fails, the files keep what they have. Times are of a monotonic clock.
/// </summary>
internal sealed record SecretRenewal
{
    private static readonly TimeSpan s_shortestWait = TimeSpan.FromMilliseconds(200);

    // For problems that only an operator can correct.
    private static readonly Backoff s_slow = new(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(5));

    private enum Phase
    {
        WaitingToRead,
        WaitingToRenew,
        Reading,
        Renewing,
    }

    private SecretRenewal(SecretLease lease, TimeSpan interval) => (Lease, Interval, Expires) = (lease, interval, End(lease));

    /// <summary>The lease of what the files contain, as of the reading.</summary>
    public SecretLease Lease { get; private init; }

    /// <summary>How often a secret without an end is read again.</summary>
    public TimeSpan Interval { get; }

    /// <summary>When what the files contain ends, unless it is renewed.</summary>
    public TimeSpan Expires { get; private init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; private init; }

    /// <summary>Whether the request under way was sent with a token that was replaced since.</summary>
    public bool IsOfOldToken { get; private init; }

    private string LastProblem { get; init; } = "";

    private Phase State { get; init; }

    /// <summary>The secret was read and its files written for the first time.</summary>
    /// <param name="lease">How long it is good.</param>
    /// <param name="interval">How often it is read again if it has no end.</param>
    /// <param name="now">The time.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public static Transition<SecretRenewal, SecretRenewalEffect> Begin(SecretLease lease, TimeSpan interval, TimeSpan now, double jitter) =>
        new SecretRenewal(lease, interval).ThenWait(now, jitter);

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">The time.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public Transition<SecretRenewal, SecretRenewalEffect> Handle(SecretRenewalInput input, TimeSpan now, double jitter) => (input, State) switch
    {
        (SecretRenewalInput.TimerDue, Phase.WaitingToRead) => ThenRead(),
        (SecretRenewalInput.TimerDue, Phase.WaitingToRenew) when now >= Expires => Warn("its lease has expired").Then(next => next.ThenRead()),
        (SecretRenewalInput.TimerDue, Phase.WaitingToRenew) => (this with { State = Phase.Renewing }).Do(new SecretRenewalEffect.Renew(Lease.LeaseId)),
        (SecretRenewalInput.Read read, Phase.Reading) => HandleRead(read.Lease, now, jitter),
        (SecretRenewalInput.ReadFailed, Phase.Reading) when IsOfOldToken => ThenRead(),
        (SecretRenewalInput.ReadFailed failed, Phase.Reading) => HandleReadFailed(failed, now, jitter),
        (SecretRenewalInput.Renewed or SecretRenewalInput.RenewFailed, Phase.Renewing) when IsOfOldToken => ThenRead(),
        (SecretRenewalInput.Renewed renewed, Phase.Renewing) => HandleRenewed(renewed, now, jitter),
        (SecretRenewalInput.RenewFailed failed, Phase.Renewing) => HandleRenewFailed(failed, now, jitter),
        (SecretRenewalInput.TokenReplaced, Phase.Reading or Phase.Renewing) => (this with { IsOfOldToken = true }).Do(),
        // The earlier token may have been the problem.
        (SecretRenewalInput.TokenReplaced, _) when Lease.LeaseId.Length > 0 || Failures > 0 => ThenRead(),
        _ => Do(),
    };

    private Transition<SecretRenewal, SecretRenewalEffect> HandleRead(SecretLease lease, TimeSpan now, double jitter)
    {
        // Its lease ends with the earlier token, which nobody renews any more.
        if (IsOfOldToken && lease.LeaseId.Length > 0) return ThenRead();
        var next = this with { Lease = lease, Expires = End(lease), Failures = 0, LastProblem = "", IsOfOldToken = false };
        var written = Failures > 0 ? next.Do(new SecretRenewalEffect.Log(false, "it is read again"), new SecretRenewalEffect.Write()) : next.Do(new SecretRenewalEffect.Write());
        return written.Then(state => state.ThenWait(now, jitter));
    }

    private Transition<SecretRenewal, SecretRenewalEffect> HandleReadFailed(SecretRenewalInput.ReadFailed failed, TimeSpan now, double jitter)
    {
        var next = this with { Failures = Failures + 1, LastProblem = failed.Problem, State = Phase.WaitingToRead };
        var delay = (failed.IsTransient ? Backoff.Standard : s_slow).AfterAtLeast(next.Failures, jitter, failed.RetryAfter);
        if (failed.IsTransient) delay = next.Bounded(delay, now);
        var state = now >= Expires ? "the files hold what has expired" : "the files keep what they have";
        return next.Told(failed.Problem == LastProblem, $"it was not read, trying again; {state}: {failed.Problem}").Then(told => told.Do(new SecretRenewalEffect.Wait(delay)));
    }

    private Transition<SecretRenewal, SecretRenewalEffect> HandleRenewed(SecretRenewalInput.Renewed renewed, TimeSpan now, double jitter)
    {
        var next = this with { Expires = renewed.AskedAt + renewed.Ttl, Failures = 0, LastProblem = "" };
        if (now >= next.Expires) return next.ThenRead();
        // A whole second less may be Vault's rounding; less than that is a max TTL that is near.
        var isCapped = renewed.Ttl < Lease.Ttl - TimeSpan.FromSeconds(1) - (Lease.Ttl / 100);
        return isCapped || !renewed.Renewable ? next.ThenWaitToRead(now, jitter) : next.ThenWaitToRenew(now, jitter);
    }

    private Transition<SecretRenewal, SecretRenewalEffect> HandleRenewFailed(SecretRenewalInput.RenewFailed failed, TimeSpan now, double jitter)
    {
        if (failed.Kind == LeaseFailure.Gone || now >= Expires) return Warn($"its lease is lost: {failed.Problem}").Then(lost => lost.ThenRead());
        if (failed.Kind == LeaseFailure.Refused)
            return Warn($"its lease cannot be renewed, so it will be read again: {failed.Problem}").Then(refused => refused.ThenWaitToRead(now, jitter));
        var next = this with { Failures = Failures + 1, LastProblem = failed.Problem, State = Phase.WaitingToRenew };
        var delay = next.Bounded(Backoff.Standard.AfterAtLeast(next.Failures, jitter, failed.RetryAfter), now);
        var text = string.Create(CultureInfo.InvariantCulture, $"its lease was not renewed, trying again; it lives for another {(Expires - now).TotalSeconds:0} s: {failed.Problem}");
        return next.Told(failed.Problem == LastProblem, text).Then(told => told.Do(new SecretRenewalEffect.Wait(delay)));
    }

    private Transition<SecretRenewal, SecretRenewalEffect> ThenWait(TimeSpan now, double jitter) =>
        Lease.LeaseId.Length > 0 && Lease.Renewable && Lease.Ttl > TimeSpan.Zero ? ThenWaitToRenew(now, jitter) : ThenWaitToRead(now, jitter);

    private Transition<SecretRenewal, SecretRenewalEffect> ThenWaitToRenew(TimeSpan now, double jitter) =>
        // From 40 to 50 percent: pods that started together do not renew at one moment.
        (this with { State = Phase.WaitingToRenew }).Do(new SecretRenewalEffect.Wait(AtLeast((Expires - now) * (0.4 + (0.1 * jitter)))));

    private Transition<SecretRenewal, SecretRenewalEffect> ThenWaitToRead(TimeSpan now, double jitter)
    {
        var delay = Lease.Ttl > TimeSpan.Zero ? (Expires - now) * (0.6 + (jitter / 15)) : Interval * (0.9 + (0.1 * jitter));
        return (this with { State = Phase.WaitingToRead }).Do(new SecretRenewalEffect.Wait(AtLeast(delay)));
    }

    private Transition<SecretRenewal, SecretRenewalEffect> ThenRead() => (this with { State = Phase.Reading, IsOfOldToken = false }).Do(new SecretRenewalEffect.Read());

    private Transition<SecretRenewal, SecretRenewalEffect> Warn(string text) => Do(new SecretRenewalEffect.Log(true, text));

    /// <summary>Logs the first, the second, the fourth, the eighth… failure in a row.</summary>
    private Transition<SecretRenewal, SecretRenewalEffect> Told(bool isOld, string text) => isOld && !BitOperations.IsPow2(Failures) ? Do() : Warn(text);

    /// <summary>The wait is at most half of what is left, so that there is always another attempt.</summary>
    private TimeSpan Bounded(TimeSpan delay, TimeSpan now)
    {
        var half = now < Expires && Expires < TimeSpan.MaxValue ? (Expires - now) / 2 : TimeSpan.MaxValue;
        return AtLeast(delay < half ? delay : half);
    }

    private Transition<SecretRenewal, SecretRenewalEffect> Do(params ImmutableList<SecretRenewalEffect> effects) => new(this, effects);

    private static TimeSpan End(SecretLease lease) => lease.Ttl > TimeSpan.Zero ? lease.AskedAt + lease.Ttl : TimeSpan.MaxValue;

    private static TimeSpan AtLeast(TimeSpan delay) => delay > s_shortestWait ? delay : s_shortestWait;
}
