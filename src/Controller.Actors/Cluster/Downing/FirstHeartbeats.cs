namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Whether a member has sent a heartbeat yet. Akka counts a first heartbeat that never came, a second after it began to listen, so only
/// the second one proves anything. Times are of a clock that only goes forward.
/// </summary>
internal sealed record FirstHeartbeats(int Heartbeats = 0, TimeSpan Since = default)
{
    /// <summary>Three attempts to connect, and the pauses between them: a link that is missing after that will not come.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public bool IsLinked => Heartbeats > 1;

    public FirstHeartbeats HeartBeat(TimeSpan now) => IsLinked ? this : new FirstHeartbeats(Heartbeats + 1, Heartbeats == 0 ? now : Since);

    /// <summary>Whether it is too early to take silence for a failure.</summary>
    public bool IsAwaited(TimeSpan now) => !IsLinked && now - Since < Timeout;
}
