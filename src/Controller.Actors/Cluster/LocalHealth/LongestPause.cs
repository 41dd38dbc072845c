namespace AkkaVault.Controller.Cluster.LocalHealth;

/// <summary>
/// The longest time between two looks lately: a process that was held for it sent no heartbeats either, and may well be taken out
/// by the others. Times are of a clock that only goes forward.
/// </summary>
/// <param name="Length">How long.</param>
/// <param name="EndedAt">When it ended.</param>
internal sealed record LongestPause(TimeSpan Length = default, TimeSpan EndedAt = default)
{
    /// <summary>Who is taken out for having been held gets to know it within this.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>It looks again.</summary>
    /// <param name="before">When it looked before; null: never.</param>
    /// <param name="now">The time.</param>
    public LongestPause Observe(TimeSpan? before, TimeSpan now) => before is { } last && (now - last >= Length || now - EndedAt > Window) ? new LongestPause(now - last, now) : this;
}
