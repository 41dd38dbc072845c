using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using AkkaVault.Controller.Cluster.LocalHealth;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Akka's failure detector, except that it does not wait for heartbeats of a process that is known to be gone, and that it does not
/// take for silence a time in which this process was paused, or in which there was no link to the member yet.
/// </summary>
internal sealed class ProbingFailureDetector(Config config, EventStream events) : PhiAccrualFailureDetector(config, events)
{
    private readonly ProcessStates _processes = ProcessStates.Of(events);
    private readonly LocalHealthMonitor _localHealth = LocalHealthMonitor.Of(events);
    private volatile FirstHeartbeats _firstHeartbeats = new();
    private volatile bool _wasAvailable = true;

    public static string ClassName => $"{typeof(ProbingFailureDetector).FullName}, {typeof(ProbingFailureDetector).Assembly.GetName().Name}";

    public override bool IsAvailable
    {
        get
        {
            if (_firstHeartbeats.IsAwaited(Stopwatch.GetElapsedTime(0))) return !_processes.IsGone(Address);
            // After a pause the last result stands until this process is reliable again: it does not call a silent member reachable either.
            if (_localHealth.Observe()) _wasAvailable = base.IsAvailable;
            return !_processes.IsGone(Address) && _wasAvailable;
        }
    }

    public override void HeartBeat()
    {
        base.HeartBeat();
        var before = _firstHeartbeats;
        if (before.IsLinked) return;
        _firstHeartbeats = before.HeartBeat(Stopwatch.GetElapsedTime(0));
        _processes.SetLinked(Address, _firstHeartbeats.IsLinked);
    }
}
