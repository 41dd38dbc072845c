using System.Diagnostics;
using System.Runtime.CompilerServices;
using Akka.Event;

namespace AkkaVault.Controller.Cluster.LocalHealth;

/// <summary>Detects pauses of this process by the times at which its failure detectors run, whichever member they watch. Thread-safe.</summary>
internal sealed class LocalHealthMonitor
{
    // Akka makes the failure detectors, and gives them no more of the actor system than its event stream.
    private static readonly ConditionalWeakTable<EventStream, LocalHealthMonitor> BySystem = [];

    private readonly Lock _gate = new();
    private PauseDetector _detector = new();
    private LongestPause _longest = new();

    public static LocalHealthMonitor Of(EventStream events) => BySystem.GetValue(events, _ => new LocalHealthMonitor());

    /// <summary>The longest recent pause of this process, as of the last observation.</summary>
    public TimeSpan LongestPause
    {
        get { lock (_gate) return _longest.Length; }
    }

    /// <returns>Whether this process can judge others: it was not paused recently.</returns>
    public bool Observe()
    {
        lock (_gate)
        {
            var now = Stopwatch.GetElapsedTime(0);
            _longest = _longest.Observe(_detector.ObservedAt, now);
            _detector = _detector.Observe(now);
            return _detector.IsReliable;
        }
    }
}
