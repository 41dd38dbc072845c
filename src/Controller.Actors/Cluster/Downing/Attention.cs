namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Whether this process has been looking: one that was held (its machine's processor was busy, its container was frozen) has
/// missed heartbeats that were sent, and must not take it for silence of the others. Times are of a clock that only goes forward.
/// </summary>
/// <param name="LookedAt">When it last looked; null: never.</param>
/// <param name="BlindSince">Since when it has not been able to judge; null: it can.</param>
/// <param name="BlindUntil">Until when it cannot judge.</param>
public sealed record Attention(TimeSpan? LookedAt = null, TimeSpan? BlindSince = null, TimeSpan BlindUntil = default)
{
    /// <summary>Longer between two looks than the tenth of a second that the cluster means it to be: it was held.</summary>
    public static readonly TimeSpan Held = TimeSpan.FromMilliseconds(500);

    /// <summary>Heartbeats that were under way, and four more, arrive within this.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Who is held again and again judges all the same: else it would never see that another is gone.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>It looks.</summary>
    /// <param name="now">The time.</param>
    public Attention Look(TimeSpan now)
    {
        if (LookedAt is not { } before || now - before < Held)
            return now < BlindUntil ? this with { LookedAt = now } : new Attention(now);
        var since = BlindSince ?? now;
        return now - since < Longest ? new Attention(now, since, now + Grace) : this with { LookedAt = now };
    }

    /// <summary>Whether it can tell silence from having been away, as of its last look.</summary>
    public bool CanJudge => LookedAt is { } now && now >= BlindUntil;
}
