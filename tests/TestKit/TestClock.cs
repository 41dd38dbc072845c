using Microsoft.Extensions.Time.Testing;

namespace AkkaVault.Tests.TestKit;

/// <summary>The clock of tests: it stands still until a test moves it, and knows how many of its timers run.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    // FakeTimeProvider is not the base class, because its timers follow the wall clock, which tests set back.
    private readonly FakeTimeProvider _time = new(start);
    private long _back;
    private int _timers;

    public TestClock()
        : this(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Whether each timer that is created with a due time fires at once, and the clock jumps to its due time.</summary>
    public bool SkipsWaits { get; init; }

    public int Timers => Volatile.Read(ref _timers);

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow() - new TimeSpan(Interlocked.Read(ref _back));

    /// <summary>Moves the clock forward, and fires the timers that are due.</summary>
    public void Advance(TimeSpan by) => _time.Advance(by);

    /// <summary>Moves the clock forward to a time, and fires the timers that are due.</summary>
    public void SetUtcNow(DateTimeOffset time) => Advance(time - GetUtcNow());

    /// <summary>Sets the wall clock back. Timers and timestamps go on.</summary>
    public void SetBack(TimeSpan by) => Interlocked.Add(ref _back, by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        var waits = !SkipsWaits || dueTime == Timeout.InfiniteTimeSpan;
        var timer = _time.CreateTimer(callback, state, waits ? dueTime : Timeout.InfiniteTimeSpan, period);
        if (!waits)
        {
            Advance(dueTime);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Counted(this, timer);
    }

    private sealed class Counted(TestClock clock, ITimer timer) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            Forget();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Forget();
            return timer.DisposeAsync();
        }

        private void Forget()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) Interlocked.Decrement(ref clock._timers);
        }
    }
}
