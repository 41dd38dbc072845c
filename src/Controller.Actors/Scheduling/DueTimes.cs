using System.Diagnostics.CodeAnalysis;

namespace AkkaVault.Controller.Scheduling;

/// <summary>
/// What is to be run, and when. Times are multiples of a tick, rounded up: so nothing runs early, and what is due at about the same time runs together. Not safe for several threads.
/// </summary>
internal sealed class DueTimes
{
    /// <summary>Below this, entries that were cancelled are not looked for.</summary>
    private const int FirstSweep = 1024;

    /// <summary>What is due later, such as never, is due then.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(10_000);

    private readonly PriorityQueue<Scheduled, (TimeSpan Due, long Number)> _entries = new();
    private readonly TimeSpan _tick;
    private long _number;
    private int _sweepAt = FirstSweep;

    /// <param name="tick">The tick.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public DueTimes(TimeSpan tick)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(tick, TimeSpan.Zero);
        _tick = tick;
    }

    /// <summary>How many entries there are. Some of them may have been cancelled.</summary>
    public int Count => _entries.Count;

    /// <summary>When the first entry is due, or null if there is none.</summary>
    public TimeSpan? Next => _entries.TryPeek(out _, out var first) ? first.Due : null;

    /// <summary>Adds what is to be run at <paramref name="now"/> plus <paramref name="delay"/>.</summary>
    public void Add(Scheduled entry, TimeSpan now, TimeSpan delay)
    {
        if (_entries.Count >= _sweepAt) Sweep();
        Enqueue(entry, Later(now, delay));
    }

    /// <summary>
    /// Takes the first entry that is due and was not cancelled. What repeats is due again one interval after it was due; if that is over, because the process was paused,
    /// one interval from now.
    /// </summary>
    public bool TryTake(TimeSpan now, [NotNullWhen(true)] out Scheduled? entry)
    {
        while (_entries.TryPeek(out entry, out var first) && first.Due <= now)
        {
            _entries.Dequeue();
            if (entry.IsCanceled) continue;
            if (entry.Interval is { } interval)
            {
                var next = Later(first.Due, interval);
                Enqueue(entry, next > now ? next : Later(now, interval));
            }
            return true;
        }
        entry = null;
        return false;
    }

    /// <summary>Takes everything that was not cancelled, whenever it is due; in no order.</summary>
    public IReadOnlyList<Scheduled> TakeAll()
    {
        var all = _entries.UnorderedItems.Select(item => item.Element).Where(entry => !entry.IsCanceled).ToList();
        _entries.Clear();
        return all;
    }

    /// <summary>Most timers are cancelled long before they are due. When there are twice as many entries as after the last time, those are removed.</summary>
    private void Sweep()
    {
        var live = _entries.UnorderedItems.Where(item => !item.Element.IsCanceled).ToList();
        _entries.Clear();
        _entries.EnqueueRange(live);
        _sweepAt = Math.Max(FirstSweep, 2 * live.Count);
    }

    private void Enqueue(Scheduled entry, TimeSpan due) => _entries.Enqueue(entry, (due, _number++));

    private TimeSpan Later(TimeSpan time, TimeSpan by)
    {
        var later = time + (by < s_longest ? by : s_longest);
        return new((later.Ticks + _tick.Ticks - 1) / _tick.Ticks * _tick.Ticks);
    }
}
