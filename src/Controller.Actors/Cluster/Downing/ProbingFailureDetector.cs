using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using AkkaVault.Controller.Cluster.LocalHealth;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Akka's own failure detector, which need not wait where it is known that no process is there, and which does not take for the
/// silence of another a time in which this process was held, or in which there was no link to the other yet.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="events">The actor system's event stream.</param>
internal sealed class ProbingFailureDetector(Config config, EventStream events) : PhiAccrualFailureDetector(config, events)
{
    private readonly ProcessStates _processes = ProcessStates.Of(events);
    private readonly LocalHealthMonitor _localHealth = LocalHealthMonitor.Of(events);
    private volatile FirstHeartbeats _firstHeartbeats = new();
    private volatile bool _wasAvailable = true;

    /// <summary>For <c>akka.cluster.failure-detector.implementation-class</c>.</summary>
    public static string ClassName => $"{typeof(ProbingFailureDetector).FullName}, {typeof(ProbingFailureDetector).Assembly.GetName().Name}";

    /// <inheritdoc/>
    public override bool IsAvailable
    {
        get
        {
            if (_firstHeartbeats.IsAwaited(Stopwatch.GetElapsedTime(0))) return !_processes.IsGone(Address);
            // What was found before counts until it can judge again: a silent one is not called reachable either.
            if (_localHealth.Observe()) _wasAvailable = base.IsAvailable;
            return !_processes.IsGone(Address) && _wasAvailable;
        }
    }

    /// <inheritdoc/>
    public override void HeartBeat()
    {
        base.HeartBeat();
        var before = _firstHeartbeats;
        if (before.IsLinked) return;
        _firstHeartbeats = before.HeartBeat(Stopwatch.GetElapsedTime(0));
        _processes.Linked(Address, _firstHeartbeats.IsLinked);
    }
}
