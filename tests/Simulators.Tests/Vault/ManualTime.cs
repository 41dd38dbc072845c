namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>A clock that changes only when a test moves it.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    /// <summary>Moves the clock forward to a time. It never moves backward.</summary>
    public void MoveTo(DateTimeOffset time)
    {
        if (time > GetUtcNow()) Interlocked.Exchange(ref ticks, time.UtcTicks);
    }
}
