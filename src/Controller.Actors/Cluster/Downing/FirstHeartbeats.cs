namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Whether a member was heard of yet. Akka counts a first heartbeat that never came, a second after it began to listen: only the
/// second one tells. Times are of a clock that only goes forward.
/// </summary>
/// <param name="Heartbeats">How many there were, up to two.</param>
/// <param name="Since">When the first one was counted.</param>
internal sealed record FirstHeartbeats(int Heartbeats = 0, TimeSpan Since = default)
{
    /// <summary>A link that is not there after this will not come by itself: three attempts to connect, and their pauses.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Whether it was heard of.</summary>
    public bool IsLinked => Heartbeats > 1;

    /// <summary>A heartbeat is counted.</summary>
    public FirstHeartbeats HeartBeat(TimeSpan now) => IsLinked ? this : new FirstHeartbeats(Heartbeats + 1, Heartbeats == 0 ? now : Since);

    /// <summary>Whether silence says nothing yet.</summary>
    public bool IsAwaited(TimeSpan now) => !IsLinked && now - Since < Timeout;
}
