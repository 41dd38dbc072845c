using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace AkkaVault.Controller.Scheduling;

/// <summary>
/// Akka's scheduler (<c>akka.scheduler.implementation</c>) on a thread of its own, which sleeps until something is due. Akka's HashedWheelTimerScheduler wakes at each tick, also when
/// nothing is due, and each time .NET's timer thread and one of the pool (akkadotnet/akka.net#6435): docs/measurements.md has what that costs. <c>akka.scheduler.tick-duration</c> is the
/// precision here, too.
/// </summary>
internal sealed class DedicatedThreadScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    /// <summary>Longer than this, the thread does not sleep: a time that Monitor.Wait takes.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromDays(1);

    // Not a System.Threading.Lock: Monitor.Wait needs an object.
    private readonly object _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly DueTimes _due;
    private readonly TimeSpan _shutdownTimeout;
    private readonly Thread _thread;
    private bool _stopped;

    /// <summary>Called by Akka, with the configuration of the actor system.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><c>akka.scheduler.tick-duration</c> is not positive.</exception>
    public DedicatedThreadScheduler(Config config, ILoggingAdapter log)
        : base(config, log)
    {
        _due = new(config.GetTimeSpan("akka.scheduler.tick-duration"));
        _shutdownTimeout = config.GetTimeSpan("akka.scheduler.shutdown-timeout");
        _thread = new(Run) { IsBackground = true, Name = "akka.scheduler" };
        _thread.Start();
    }

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(_start);

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => DateTimeOffset.Now;

    /// <summary>
    /// Ends the thread: waits for what it runs, for at most <c>akka.scheduler.shutdown-timeout</c>. Runs what is left at once, as Akka's own scheduler does, so that nobody waits for it for ever.
    /// </summary>
    public void Dispose()
    {
        IReadOnlyList<Scheduled> left;
        lock (_lock)
        {
            _stopped = true;
            left = _due.TakeAll();
            Monitor.Pulse(_lock);
        }
        if (Thread.CurrentThread != _thread && !_thread.Join(_shutdownTimeout)) Log.Warning("The thread of Akka's scheduler has not ended within {0}", _shutdownTimeout);
        foreach (var entry in left) Run(entry);
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(delay, new(() => receiver.Tell(message, sender), Interval: null, cancelable));

    protected override void InternalScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(initialDelay, new(() => receiver.Tell(message, sender), interval, cancelable));

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Schedule(delay, new(action, Interval: null, cancelable));

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Schedule(delay, new(action.Run, Interval: null, cancelable));

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(initialDelay, new(action, interval, cancelable));

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Schedule(initialDelay, new(action.Run, interval, cancelable));

    /// <exception cref="SchedulerException">The actor system has ended.</exception>
    private void Schedule(TimeSpan delay, Scheduled entry)
    {
        lock (_lock)
        {
            if (_stopped) throw new SchedulerException("nothing can be scheduled any more: the actor system has ended");
            var before = _due.Next;
            _due.Add(entry, MonotonicClock, delay);
            if (_due.Next != before) Monitor.Pulse(_lock);
        }
    }

    private void Run()
    {
        while (TakeNext() is { } entry) Run(entry);
    }

    private void Run(Scheduled entry)
    {
        try
        {
            entry.Run();
        }
        catch (Exception failure)
        {
            // As with Akka's own scheduler: everything else that is scheduled still runs.
            Log.Error(failure, "A scheduled action has failed");
        }
    }

    /// <summary>Waits until something is due, and takes it. Returns null when nothing is to be run any more.</summary>
    private Scheduled? TakeNext()
    {
        lock (_lock)
        {
            while (!_stopped)
            {
                var now = MonotonicClock;
                if (_due.TryTake(now, out var entry)) return entry;
                Monitor.Wait(_lock, SleepUntil(_due.Next, now));
            }
            return null;
        }
    }

    /// <summary>Whole milliseconds, rounded up: Monitor.Wait cuts the rest off.</summary>
    private static TimeSpan SleepUntil(TimeSpan? next, TimeSpan now) =>
        next is { } due && due - now < s_longestSleep ? TimeSpan.FromMilliseconds(Math.Ceiling((due - now).TotalMilliseconds)) : s_longestSleep;
}
