namespace AkkaVault.Controller.Cluster.Leases;

/// <summary>A lease as it is stored.</summary>
/// <param name="Holder">Who holds it; null: nobody.</param>
/// <param name="Duration">How long it is held without being renewed.</param>
/// <param name="Acquired">When its holder got it.</param>
/// <param name="Renewed">When its holder last said that it is alive.</param>
/// <param name="Transitions">How often it went from one to another.</param>
internal sealed record LeaseRecord(string? Holder, TimeSpan Duration, DateTimeOffset Acquired, DateTimeOffset Renewed, int Transitions)
{
    /// <summary>When it is free, if its holder does not renew it.</summary>
    public DateTimeOffset Ends => Renewed + Duration;
}

/// <summary>Who wants it, and for how long at a time.</summary>
/// <param name="Owner">Who.</param>
/// <param name="Duration">How long.</param>
internal sealed record LeaseClaimant(string Owner, TimeSpan Duration);

/// <summary>What is to be done with a lease that was read.</summary>
internal abstract record LeaseStep
{
    private LeaseStep()
    {
    }

    /// <summary>Write this, unless it was changed meanwhile: then read it again.</summary>
    public sealed record Write(LeaseRecord Record) : LeaseStep;

    /// <summary>Nothing: it is as it should be.</summary>
    public sealed record Done : LeaseStep;

    /// <summary>Nothing: another holds it.</summary>
    /// <param name="Holder">Who.</param>
    public sealed record Refused(string Holder) : LeaseStep;

    /// <summary>It is no longer held by who wants to renew it.</summary>
    public sealed record Lost : LeaseStep;
}

/// <summary>
/// The rules of a lease, each given what was read. What they want written is written only if the lease is still what was read: of
/// two who take it, one is refused.
/// </summary>
internal static class LeaseRules
{
    /// <summary>Takes it where it is free, its holder silent for too long, or the claimant's own of an earlier life.</summary>
    public static LeaseStep Acquire(LeaseRecord? found, LeaseClaimant me, DateTimeOffset now) => found switch
    {
        null => new LeaseStep.Write(new LeaseRecord(me.Owner, me.Duration, now, now, 0)),
        { Holder: { } holder } when holder == me.Owner => new LeaseStep.Write(found with { Duration = me.Duration, Renewed = now }),
        { Holder: { } holder } when now < found.Ends => new LeaseStep.Refused(holder),
        _ => new LeaseStep.Write(new LeaseRecord(me.Owner, me.Duration, now, now, found.Transitions + 1)),
    };

    /// <summary>Goes on holding it, unless another took it, or somebody deleted it.</summary>
    public static LeaseStep Renew(LeaseRecord? found, LeaseClaimant me, DateTimeOffset now) => found?.Holder == me.Owner
        ? new LeaseStep.Write(found! with { Duration = me.Duration, Renewed = now })
        : new LeaseStep.Lost();

    /// <summary>Gives it back, if it is the claimant's.</summary>
    public static LeaseStep Release(LeaseRecord? found, LeaseClaimant me, DateTimeOffset now) => found?.Holder == me.Owner
        ? new LeaseStep.Write(found! with { Holder = null, Renewed = now })
        : new LeaseStep.Done();
}
