namespace AkkaVault.Controller.Cluster.LocalHealth;

/// <summary>
/// The longest recent time between two observations. A process that was paused for so long sent no heartbeats either, and may have been
/// downed for it. Times are of a clock that only goes forward.
/// </summary>
internal sealed record LongestPause(TimeSpan Length = default, TimeSpan EndedAt = default)
{
    /// <summary>A process that is downed for a pause learns it within this time.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public LongestPause Observe(TimeSpan? before, TimeSpan now) => before is { } last && (now - last >= Length || now - EndedAt > Window) ? new LongestPause(now - last, now) : this;
}
