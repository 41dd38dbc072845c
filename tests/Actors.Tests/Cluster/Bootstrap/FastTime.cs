namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>A clock that runs faster than the real one.</summary>
internal sealed class FastTime(int times) : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _begun = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency / times;

    public override long GetTimestamp() => System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _start + GetElapsedTime(_begun);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / times : dueTime, period > TimeSpan.Zero ? period / times : period);
}
