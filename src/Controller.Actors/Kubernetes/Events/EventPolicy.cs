using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Kubernetes.Events;

/// <summary>
/// Which occurrences become events, as a pure state machine, by the rules of client-go's recorder
/// (https://pkg.go.dev/k8s.io/client-go/tools/record): an occurrence that repeats is one event with a count, and a pod may have some events at
/// once and then one every few minutes. Beyond client-go, all pods together have a limit, so that a problem of all of them does not overload
/// the API server.
/// </summary>
internal sealed record EventPolicy
{
    /// <summary>How many requests a pod's events may cause at once.</summary>
    public const int BurstOfPod = 25;

    /// <summary>How many requests the events of all pods may cause at once, for one reason: thefts have a share of their own beside deliveries and failures.</summary>
    public const int Burst = 50;

    /// <summary>How many pods and events are remembered.</summary>
    public const int MostRemembered = 4096;

    /// <summary>How often a pod may have one more.</summary>
    public static readonly TimeSpan IntervalOfPod = TimeSpan.FromMinutes(5);

    /// <summary>How often all pods together may have one more.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>An occurrence that repeats after more than this is a new event; API servers delete events after an hour.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private ImmutableDictionary<PodEventOccurrence, KnownEvent> _events = ImmutableDictionary<PodEventOccurrence, KnownEvent>.Empty;
    private ImmutableDictionary<string, Bucket> _pods = ImmutableDictionary<string, Bucket>.Empty;
    private ImmutableDictionary<PodEventReason, Bucket> _all = ImmutableDictionary<PodEventReason, Bucket>.Empty;

    private EventPolicy()
    {
    }

    /// <summary>Without any occurrence.</summary>
    public static EventPolicy Initial { get; } = new();

    /// <summary>How many pods and events are remembered now.</summary>
    public int Remembered => Math.Max(_events.Count, _pods.Count);

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">When.</param>
    public Transition<EventPolicy, EventEffect> Handle(EventInput input, DateTimeOffset now) => input switch
    {
        EventInput.Occurred occurred => HandleOccurred(occurred.Occurrence, occurred.NewName, now),
        // Should it happen again, it is a new event.
        EventInput.NotCreated lost => new(this with { _events = _events.Remove(lost.Occurrence) }, []),
        _ => throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "not an input"),
    };

    private Transition<EventPolicy, EventEffect> HandleOccurred(PodEventOccurrence occurrence, string newName, DateTimeOffset now)
    {
        var policy = Forget(now);
        var known = policy._events.GetValueOrDefault(occurrence);
        if (known is not null && now - known.Last > Window) known = null;
        var (pod, podMay) = (policy._pods.GetValueOrDefault(occurrence.Uid) ?? Bucket.Full(BurstOfPod, IntervalOfPod, now)).Take(BurstOfPod, IntervalOfPod, now);
        // An event that its pod may not have takes nothing from the share of all pods.
        var before = policy._all.GetValueOrDefault(occurrence.Reason) ?? Bucket.Full(Burst, Interval, now);
        var (all, may) = podMay ? before.Take(Burst, Interval, now) : (before, false);
        // An omitted occurrence counts as well: the next update has the true count.
        var next = known is null ? new KnownEvent(newName, now, now, 1) : known with { Last = now, Count = known.Count + 1 };
        var after = policy with
        {
            _pods = may || !podMay ? policy._pods.SetItem(occurrence.Uid, pod) : policy._pods,
            _all = policy._all.SetItem(occurrence.Reason, all),
            _events = may || known is not null ? policy._events.SetItem(occurrence, next) : policy._events,
        };
        EventEffect effect = !may ? new EventEffect.Omit(occurrence)
            : known is null ? new EventEffect.Create(occurrence, newName, now)
            : new EventEffect.Update(occurrence, next.Name, next.First, now, next.Count);
        return new(after, [effect]);
    }

    private EventPolicy Forget(DateTimeOffset now)
    {
        if (Remembered < MostRemembered) return this;
        var events = _events.RemoveRange(_events.Where(known => now - known.Value.Last > Window).Select(known => known.Key));
        var pods = _pods.RemoveRange(_pods.Where(pod => pod.Value.IsFull(BurstOfPod, IntervalOfPod, now)).Select(pod => pod.Key));
        // Where all are recent, the older half is forgotten, so that this is rare.
        if (events.Count >= MostRemembered) events = events.RemoveRange(events.OrderBy(known => known.Value.Last).Take(MostRemembered / 2).Select(known => known.Key));
        if (pods.Count >= MostRemembered) pods = pods.RemoveRange(pods.OrderBy(pod => pod.Value.At).Take(MostRemembered / 2).Select(pod => pod.Key));
        return this with { _events = events, _pods = pods };
    }

    private sealed record KnownEvent(string Name, DateTimeOffset First, DateTimeOffset Last, int Count);

    /// <summary>A token bucket that counts the time in which its tokens came, so that nothing is rounded.</summary>
    private sealed record Bucket(TimeSpan Saved, DateTimeOffset At)
    {
        public static Bucket Full(int burst, TimeSpan interval, DateTimeOffset at) => new(burst * interval, at);

        public bool IsFull(int burst, TimeSpan interval, DateTimeOffset now) => By(burst, interval, now) == burst * interval;

        public (Bucket Bucket, bool May) Take(int burst, TimeSpan interval, DateTimeOffset now)
        {
            var saved = By(burst, interval, now);
            return saved >= interval ? (new Bucket(saved - interval, now), true) : (new Bucket(saved, now), false);
        }

        // A clock that is set back takes nothing away.
        private TimeSpan By(int burst, TimeSpan interval, DateTimeOffset now)
        {
            var (full, saved) = (burst * interval, Saved + (now > At ? now - At : TimeSpan.Zero));
            return saved < full ? saved : full;
        }
    }
}
