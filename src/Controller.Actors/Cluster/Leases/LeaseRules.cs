namespace AkkaVault.Controller.Cluster.Leases;

/// <summary>A lease as it is stored; without a holder it is free.</summary>
internal sealed record LeaseRecord(string? Holder, TimeSpan Duration, DateTimeOffset Acquired, DateTimeOffset Renewed, int Transitions)
{
    public DateTimeOffset Ends => Renewed + Duration;
}

/// <summary>A process that wants the lease, and for how long at a time.</summary>
internal sealed record LeaseClaimant(string Owner, TimeSpan Duration);

internal abstract record LeaseStep
{
    private LeaseStep() { }

    /// <summary>Write this, unless the lease was changed meanwhile: then read it again.</summary>
    public sealed record Write(LeaseRecord Record) : LeaseStep;

    /// <summary>There is nothing to write.</summary>
    public sealed record Done : LeaseStep;

    /// <summary>Another process holds it.</summary>
    public sealed record Refused(string Holder) : LeaseStep;

    /// <summary>The claimant no longer holds it.</summary>
    public sealed record Lost : LeaseStep;
}

/// <summary>
/// The rules of a lease, each given what was read. A write is done only if the lease is still what was read: of two processes that
/// acquire it at the same time, one is refused.
/// </summary>
internal static class LeaseRules
{
    /// <summary>Acquires a lease that is free, that its holder has not renewed, or that the claimant held before.</summary>
    public static LeaseStep Acquire(LeaseRecord? found, LeaseClaimant me, DateTimeOffset now) => found switch
    {
        null => new LeaseStep.Write(new LeaseRecord(me.Owner, me.Duration, now, now, 0)),
        { Holder: { } holder } when holder == me.Owner => new LeaseStep.Write(found with { Duration = me.Duration, Renewed = now }),
        { Holder: { } holder } when now < found.Ends => new LeaseStep.Refused(holder),
        _ => new LeaseStep.Write(new LeaseRecord(me.Owner, me.Duration, now, now, found.Transitions + 1)),
    };

    /// <summary>Renews the lease, unless another process has acquired it, or it was deleted.</summary>
    public static LeaseStep Renew(LeaseRecord? found, LeaseClaimant me, DateTimeOffset now) => found?.Holder == me.Owner
        ? new LeaseStep.Write(found! with { Duration = me.Duration, Renewed = now })
        : new LeaseStep.Lost();

    /// <summary>Releases the lease, if the claimant holds it.</summary>
    public static LeaseStep Release(LeaseRecord? found, LeaseClaimant me, DateTimeOffset now) => found?.Holder == me.Owner
        ? new LeaseStep.Write(found! with { Holder = null, Renewed = now })
        : new LeaseStep.Done();
}
