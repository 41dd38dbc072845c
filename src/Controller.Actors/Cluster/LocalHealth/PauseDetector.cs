namespace AkkaVault.Controller.Cluster.LocalHealth;

/// <summary>
/// Whether this process has been looking: one that was held (its machine's processor was busy, its container was frozen) has
/// missed heartbeats that were sent, and must not take it for silence of the others. Times are of a clock that only goes forward.
/// </summary>
/// <param name="ObservedAt">When it last looked; null: never.</param>
/// <param name="UnreliableSince">Since when it has not been able to judge; null: it can.</param>
/// <param name="UnreliableUntil">Until when it cannot judge.</param>
internal sealed record PauseDetector(TimeSpan? ObservedAt = null, TimeSpan? UnreliableSince = null, TimeSpan UnreliableUntil = default)
{
    /// <summary>Longer between two looks than the tenth of a second that the cluster means it to be: it was held.</summary>
    public static readonly TimeSpan PauseThreshold = TimeSpan.FromMilliseconds(500);

    /// <summary>Heartbeats that were under way, and four more, arrive within this.</summary>
    public static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(1);

    /// <summary>Who is held again and again judges all the same: else it would never see that another is gone.</summary>
    public static readonly TimeSpan MaxUnreliable = TimeSpan.FromSeconds(10);

    /// <summary>It looks.</summary>
    /// <param name="now">The time.</param>
    public PauseDetector Observe(TimeSpan now)
    {
        if (ObservedAt is not { } before || now - before < PauseThreshold)
            return now < UnreliableUntil ? this with { ObservedAt = now } : new PauseDetector(now);
        var since = UnreliableSince ?? now;
        return now - since < MaxUnreliable ? new PauseDetector(now, since, now + RecoveryTime) : this with { ObservedAt = now };
    }

    /// <summary>Whether it can tell silence from having been away, as of its last look.</summary>
    public bool IsReliable => ObservedAt is { } now && now >= UnreliableUntil;
}
