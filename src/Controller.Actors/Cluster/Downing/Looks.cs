using System.Diagnostics;
using System.Runtime.CompilerServices;
using Akka.Event;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>The looks that a node takes at the others: whichever of them it looks at, it was not held then.</summary>
internal sealed class Looks
{
    // As for processes that are gone: a failure detector gets to know no more of its actor system.
    private static readonly ConditionalWeakTable<EventStream, Looks> BySystem = [];

    private readonly Lock _one = new();
    private Attention _attention = new();
    private Hold _hold = new();

    /// <summary>Those of an actor system.</summary>
    public static Looks Of(EventStream events) => BySystem.GetValue(events, _ => new Looks());

    /// <summary>The longest time lately, as of the last look, for which this process was held.</summary>
    public TimeSpan LongestHold
    {
        get { lock (_one) return _hold.Length; }
    }

    /// <summary>Looks, and tells whether this process can judge.</summary>
    public bool Look()
    {
        lock (_one)
        {
            var now = Stopwatch.GetElapsedTime(0);
            _hold = _hold.Look(_attention.LookedAt, now);
            _attention = _attention.Look(now);
            return _attention.CanJudge;
        }
    }
}
