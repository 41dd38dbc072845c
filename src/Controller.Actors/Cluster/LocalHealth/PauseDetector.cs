namespace AkkaVault.Controller.Cluster.LocalHealth;

/// <summary>
/// Whether this process can judge the silence of others. A process that was paused (its machine's processor was busy, its container was
/// frozen) has not received heartbeats that were sent. Times are of a clock that only goes forward.
/// </summary>
internal sealed record PauseDetector(TimeSpan? ObservedAt = null, TimeSpan? UnreliableSince = null, TimeSpan UnreliableUntil = default)
{
    /// <summary>A longer time between two observations is a pause: the cluster makes one every tenth of a second.</summary>
    public static readonly TimeSpan PauseThreshold = TimeSpan.FromMilliseconds(500);

    /// <summary>Within this time after a pause, the heartbeats that were on their way arrive, and four more.</summary>
    public static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(1);

    /// <summary>A process with one pause after another judges after this time all the same: it would otherwise never notice that a member is gone.</summary>
    public static readonly TimeSpan MaxUnreliable = TimeSpan.FromSeconds(10);

    public PauseDetector Observe(TimeSpan now)
    {
        if (ObservedAt is not { } before || now - before < PauseThreshold)
            return now < UnreliableUntil ? this with { ObservedAt = now } : new PauseDetector(now);
        var since = UnreliableSince ?? now;
        return now - since < MaxUnreliable ? new PauseDetector(now, since, now + RecoveryTime) : this with { ObservedAt = now };
    }

    /// <summary>Whether this process could judge at the last observation.</summary>
    public bool IsReliable => ObservedAt is { } now && now >= UnreliableUntil;
}
