using System.Diagnostics;
using System.Runtime.CompilerServices;
using Akka.Event;

namespace AkkaVault.Controller.Cluster.LocalHealth;

/// <summary>The looks that a node takes at the others: whichever of them it looks at, it was not held then.</summary>
internal sealed class LocalHealthMonitor
{
    // As for processes that are gone: a failure detector gets to know no more of its actor system.
    private static readonly ConditionalWeakTable<EventStream, LocalHealthMonitor> BySystem = [];

    private readonly Lock _one = new();
    private PauseDetector _detector = new();
    private LongestPause _longest = new();

    /// <summary>Those of an actor system.</summary>
    public static LocalHealthMonitor Of(EventStream events) => BySystem.GetValue(events, _ => new LocalHealthMonitor());

    /// <summary>The longest time lately, as of the last look, for which this process was held.</summary>
    public TimeSpan LongestPause
    {
        get { lock (_one) return _longest.Length; }
    }

    /// <summary>Looks, and tells whether this process can judge.</summary>
    public bool Observe()
    {
        lock (_one)
        {
            var now = Stopwatch.GetElapsedTime(0);
            _longest = _longest.Observe(_detector.ObservedAt, now);
            _detector = _detector.Observe(now);
            return _detector.IsReliable;
        }
    }
}
