using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Akka's own failure detector, which need not wait where it is known that no process is there, and which does not take for the
/// silence of another a time in which this process was held, or in which there was no link to the other yet.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="events">The actor system's event stream.</param>
public sealed class KnowingFailureDetector(Config config, EventStream events) : PhiAccrualFailureDetector(config, events)
{
    private readonly KnownProcesses _known = KnownProcesses.Of(events);
    private readonly Looks _looks = Looks.Of(events);
    private volatile FirstContact _contact = new();
    private volatile bool _verdict = true;

    /// <summary>For <c>akka.cluster.failure-detector.implementation-class</c>.</summary>
    public static string ClassName => $"{typeof(KnowingFailureDetector).FullName}, {typeof(KnowingFailureDetector).Assembly.GetName().Name}";

    /// <inheritdoc/>
    public override bool IsAvailable
    {
        get
        {
            if (_contact.IsAwaited(Stopwatch.GetElapsedTime(0))) return !_known.IsGone(Address);
            // What was found before counts until it can judge again: a silent one is not called reachable either.
            if (_looks.Look()) _verdict = base.IsAvailable;
            return !_known.IsGone(Address) && _verdict;
        }
    }

    /// <inheritdoc/>
    public override void HeartBeat()
    {
        base.HeartBeat();
        var before = _contact;
        if (before.IsLinked) return;
        _contact = before.Beat(Stopwatch.GetElapsedTime(0));
        _known.Linked(Address, _contact.IsLinked);
    }
}
