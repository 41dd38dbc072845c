using System.Collections.Immutable;
using System.Globalization;
using AkkaVault.Shared;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>
/// How a sidecar keeps its token good, as a pure state machine. It renews at half of the token's TTL, and tries again with backoff
/// while Vault fails and the token lives. A token that cannot live on is replaced while it is still good: by the delivery that the
/// sidecar asked for, or, where none comes in time or none was asked for, by a restart. The sidecar then ends, the kubelet starts it
/// again, and the new run gets another secret. Times are of a monotonic clock.
/// </summary>
internal sealed record SidecarRenewal
{
    private static readonly TimeSpan s_shortestWait = TimeSpan.FromMilliseconds(100);

    private enum Phase
    {
        Waiting,
        Renewing,
        LookingUp,
        Awaiting,
        Ending,
        Ended,
    }

    private SidecarRenewal(TimeSpan firstTtl, TimeSpan expires) => (FirstTtl, Expires) = (firstTtl, expires);

    /// <summary>The TTL that the login gave.</summary>
    public TimeSpan FirstTtl { get; }

    /// <summary>When the token is dead unless it is renewed.</summary>
    public TimeSpan Expires { get; private init; }

    /// <summary>Failures to renew in a row.</summary>
    public int Failures { get; private init; }

    /// <summary>When a redelivery is wanted; null: none is.</summary>
    public TimeSpan? NextDelivery { get; private init; }

    /// <summary>When the sidecar ends if no other delivery has come; null: none is wanted.</summary>
    public TimeSpan? LatestDelivery { get; private init; }

    private Phase State { get; init; }

    /// <summary>The token file was written for the first time.</summary>
    /// <param name="lease">The token's lease.</param>
    /// <param name="now">The time.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public static Transition<SidecarRenewal, SidecarRenewalEffect> Begin(TokenLease lease, TimeSpan now, double jitter)
    {
        var leaseEnds = lease.AskedAt + lease.Ttl;
        var begun = new SidecarRenewal(lease.Ttl, lease.Life.Ends is { } last && last < leaseEnds ? last : leaseEnds);
        // By this Vault says that the token never ends.
        if (lease.Ttl <= TimeSpan.Zero) return (begun with { State = Phase.Ended }).Do(new SidecarRenewalEffect.Log(false, "The token has no end; there is nothing to renew"));
        if (lease is { Life.Ends: { } ends, NextDelivery: { } next })
        {
            // From 85 to 92 percent: where controllers do not know of other deliveries, pods that started together do not start again at one moment.
            var latest = lease.AskedAt + ((ends - lease.AskedAt) * (0.85 + (0.07 * jitter)));
            begun = begun with { NextDelivery = next, LatestDelivery = latest };
            return begun.Do(new SidecarRenewalEffect.Log(false, string.Create(CultureInfo.InvariantCulture,
                $"The token can live for another {(ends - now).TotalSeconds:0} s; the controller is asked for another one in {(next - now).TotalSeconds:0} s"))).Then(asked => asked.ThenBegin(lease, now, jitter));
        }

        return begun.ThenBegin(lease, now, jitter);
    }

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">The time.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public Transition<SidecarRenewal, SidecarRenewalEffect> Handle(SidecarRenewalInput input, TimeSpan now, double jitter) => (input, State) switch
    {
        (SidecarRenewalInput.Delivered delivered, _) => Begin(delivered.Lease, now, jitter),
        (SidecarRenewalInput.TimerDue, Phase.Waiting) when now >= Expires => ThenLost("it has expired"),
        (SidecarRenewalInput.TimerDue, Phase.Waiting) when now >= LatestDelivery => ThenRestart(),
        (SidecarRenewalInput.TimerDue, Phase.Waiting) => (this with { State = Phase.Renewing }).Do(new SidecarRenewalEffect.Renew()),
        (SidecarRenewalInput.TimerDue, Phase.Awaiting) => ThenRestart(),
        (SidecarRenewalInput.TimerDue, Phase.Ending) => (this with { State = Phase.Ended }).Do(new SidecarRenewalEffect.End(
            ExitCodes.TokenEnding, "The token cannot be renewed any longer; started again, this sidecar gets another one")),
        (SidecarRenewalInput.Renewed renewed, Phase.Renewing) => HandleRenewed(renewed, now, jitter),
        (SidecarRenewalInput.RenewFailed failed, Phase.Renewing) => HandleRenewFailed(failed, now, jitter),
        (SidecarRenewalInput.LookedUp { IsAlive: true }, Phase.LookingUp) =>
            ThenReplace("its policies do not allow update on auth/token/renew-self", now, jitter),
        (SidecarRenewalInput.LookedUp { IsAlive: false } gone, Phase.LookingUp) => ThenLost($"Vault denies its renewal and its look-up, so it was revoked, or its policies allow neither ({gone.Problem})"),
        (SidecarRenewalInput.LookedUp unknown, Phase.LookingUp) => ThenRetry(unknown.Problem, null, now, jitter),
        _ => Do(),
    };

    private Transition<SidecarRenewal, SidecarRenewalEffect> HandleRenewed(SidecarRenewalInput.Renewed renewed, TimeSpan now, double jitter)
    {
        var next = this with { Expires = renewed.AskedAt + renewed.Ttl, Failures = 0 };
        // Vault's answer came after the end of the renewed token.
        if (now >= next.Expires) return next.ThenLost("it had expired when Vault answered the renewal");
        // A whole second less may be Vault's rounding; less than that is a max TTL that is near.
        var isCapped = renewed.Ttl < FirstTtl - TimeSpan.FromSeconds(1) - (FirstTtl / 100);
        return next.Do(new SidecarRenewalEffect.Write(renewed.Ttl, renewed.Renewable)).Then(written =>
            !renewed.Renewable ? written.ThenReplace("Vault says that it cannot be renewed again", now, jitter)
            : isCapped ? written.ThenReplace(string.Create(CultureInfo.InvariantCulture, $"its max TTL is near: Vault renewed it for {renewed.Ttl.TotalSeconds:0} s instead of {FirstTtl.TotalSeconds:0} s"), now, jitter)
            : written.ThenWaitToRenew(now, jitter));
    }

    private Transition<SidecarRenewal, SidecarRenewalEffect> HandleRenewFailed(SidecarRenewalInput.RenewFailed failed, TimeSpan now, double jitter) => failed.Kind switch
    {
        RenewFailure.Denied => (this with { State = Phase.LookingUp }).Do(new SidecarRenewalEffect.LookUp()),
        RenewFailure.Refused => ThenReplace(failed.Problem, now, jitter),
        // Vault may have another CA by now, which only another push brings.
        RenewFailure.Untrusted when Expires - now <= FirstTtl / 3 => ThenReplace(failed.Problem, now, jitter),
        _ => ThenRetry(failed.Problem, failed.RetryAfter, now, jitter),
    };

    private Transition<SidecarRenewal, SidecarRenewalEffect> ThenBegin(TokenLease lease, TimeSpan now, double jitter) =>
        lease.Life.WhyNotRenewable is { } reason ? ThenReplace(reason, now, jitter) : ThenWaitToRenew(now, jitter);

    private Transition<SidecarRenewal, SidecarRenewalEffect> ThenWaitToRenew(TimeSpan now, double jitter)
    {
        // From 40 to 50 percent: pods that started together do not renew at one moment.
        var delay = (Expires - now) * (0.4 + (0.1 * jitter));
        return (this with { State = Phase.Waiting }).Do(new SidecarRenewalEffect.Wait(AtLeast(NotPastLatestDelivery(delay, now))));
    }

    private Transition<SidecarRenewal, SidecarRenewalEffect> ThenRetry(string problem, TimeSpan? retryAfter, TimeSpan now, double jitter)
    {
        if (now >= Expires) return ThenLost($"it has expired, and Vault did not renew it: {problem}");
        var failed = this with { State = Phase.Waiting, Failures = Failures + 1 };
        var backoff = Backoff.Standard.AfterAtLeast(failed.Failures, jitter, retryAfter);
        // The wait is at most half of what is left, so that there is always another attempt. The last one is at the end.
        var left = Expires - now;
        var delay = left <= 2 * s_shortestWait ? left : AtLeast(backoff < left / 2 ? backoff : left / 2);
        return failed.Do(
            new SidecarRenewalEffect.Log(true, string.Create(CultureInfo.InvariantCulture, $"The token was not renewed, trying again; it lives for another {left.TotalSeconds:0} s: {problem}")),
            new SidecarRenewalEffect.Wait(AtLeast(NotPastLatestDelivery(delay, now))));
    }

    private Transition<SidecarRenewal, SidecarRenewalEffect> ThenReplace(string reason, TimeSpan now, double jitter)
    {
        if (now >= Expires) return ThenLost("it has expired");
        // The token may end earlier than was thought when the delivery was asked for: then that comes too late.
        return NextDelivery is { } next && next <= now + ((Expires - now) * 0.7) ? ThenAwait(reason, now, jitter) : ThenEndBeforeExpiry(reason, now, jitter);
    }

    private Transition<SidecarRenewal, SidecarRenewalEffect> ThenAwait(string reason, TimeSpan now, double jitter)
    {
        var delay = AtLeast(NotPastLatestDelivery((Expires - now) * (0.85 + (0.07 * jitter)), now));
        return (this with { State = Phase.Awaiting }).Do(
            new SidecarRenewalEffect.Log(false, string.Create(CultureInfo.InvariantCulture, $"The token cannot be renewed: {reason}. If no other one is delivered, this sidecar ends in {delay.TotalSeconds:0} s to get one")),
            new SidecarRenewalEffect.Wait(delay));
    }

    private Transition<SidecarRenewal, SidecarRenewalEffect> ThenEndBeforeExpiry(string reason, TimeSpan now, double jitter)
    {
        // From 60 to 67 percent: pods that started together do not start again at one moment.
        var delay = (Expires - now) * (0.6 + (jitter / 15));
        return (this with { State = Phase.Ending }).Do(
            new SidecarRenewalEffect.Log(true, string.Create(CultureInfo.InvariantCulture, $"The token cannot be renewed: {reason}. This sidecar ends in {delay.TotalSeconds:0} s to get another one")),
            new SidecarRenewalEffect.Wait(AtLeast(delay)));
    }

    private Transition<SidecarRenewal, SidecarRenewalEffect> ThenRestart() => (this with { State = Phase.Ended }).Do(new SidecarRenewalEffect.End(
        ExitCodes.TokenEnding, "No other secret was delivered in time; started again, this sidecar gets one"));

    private Transition<SidecarRenewal, SidecarRenewalEffect> ThenLost(string reason) =>
        (this with { State = Phase.Ended }).Do(new SidecarRenewalEffect.End(ExitCodes.TokenLost, $"The token is lost: {reason}"));

    private Transition<SidecarRenewal, SidecarRenewalEffect> Do(params ImmutableList<SidecarRenewalEffect> effects) => new(this, effects);

    private TimeSpan NotPastLatestDelivery(TimeSpan delay, TimeSpan now) => LatestDelivery is { } latest && now + delay > latest ? latest - now : delay;

    private static TimeSpan AtLeast(TimeSpan delay) => delay > s_shortestWait ? delay : s_shortestWait;
}

/// <summary>A token's lease as the login gave it.</summary>
/// <param name="Ttl">How long the token lives from <paramref name="AskedAt"/> on; zero: it has no end.</param>
/// <param name="AskedAt">When Vault was asked, by a monotonic clock.</param>
/// <param name="Life">How long it can live.</param>
/// <param name="NextDelivery">When a redelivery is wanted; null: none is.</param>
internal sealed record TokenLease(TimeSpan Ttl, TimeSpan AskedAt, TokenLife Life, TimeSpan? NextDelivery);
