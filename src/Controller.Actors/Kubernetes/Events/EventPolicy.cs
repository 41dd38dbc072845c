using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Kubernetes.Events;

/// <summary>What happened to a pod.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Reason">In one word.</param>
/// <param name="Message">In a sentence.</param>
public sealed record PodEventOccurrence(string Namespace, string Pod, string Uid, PodEventReason Reason, string Message);

/// <summary>What becomes of a happening.</summary>
public abstract record EventDecision
{
    private EventDecision()
    {
    }

    /// <summary>It is a new event.</summary>
    public sealed record Create : EventDecision;

    /// <summary>It is the same as before: the event that says so is counted up.</summary>
    /// <param name="Name">The event's name.</param>
    /// <param name="First">When it happened first.</param>
    /// <param name="Count">How often by now.</param>
    public sealed record Update(string Name, DateTimeOffset First, int Count) : EventDecision;

    /// <summary>It is one too many.</summary>
    public sealed record LeaveOut : EventDecision;
}

/// <summary>
/// Which happenings become events, as client-go's recorder has it (https://pkg.go.dev/k8s.io/client-go/tools/record): the same of
/// the same pod is one event that is counted up; a pod may have some at once and then one every few minutes; and, which client-go
/// has not, so many for all pods together that a trouble of all of them does not become a trouble of the API server.
/// </summary>
public sealed record EventPolicy
{
    /// <summary>How many requests a pod's events may cause at once.</summary>
    public const int BurstOfPod = 25;

    /// <summary>How many those of all pods may, for one reason: deliveries and failures take nothing from a theft.</summary>
    public const int Burst = 50;

    /// <summary>How many pods and events are remembered.</summary>
    public const int MostRemembered = 4096;

    /// <summary>After this a pod may have one more.</summary>
    public static readonly TimeSpan IntervalOfPod = TimeSpan.FromMinutes(5);

    /// <summary>After this there may be one more of all pods.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>After this long without a repetition it is a new event; API servers keep events for an hour.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private ImmutableDictionary<PodEventOccurrence, KnownEvent> _events = ImmutableDictionary<PodEventOccurrence, KnownEvent>.Empty;
    private ImmutableDictionary<string, Bucket> _pods = ImmutableDictionary<string, Bucket>.Empty;
    private ImmutableDictionary<PodEventReason, Bucket> _all = ImmutableDictionary<PodEventReason, Bucket>.Empty;

    private EventPolicy()
    {
    }

    /// <summary>Nothing has happened yet.</summary>
    public static EventPolicy Initial { get; } = new();

    /// <summary>How many pods and events are remembered now.</summary>
    public int Remembered => Math.Max(_events.Count, _pods.Count);

    /// <summary>Something has happened.</summary>
    /// <param name="happening">What.</param>
    /// <param name="name">What a new event is to be called.</param>
    /// <param name="now">When.</param>
    public (EventPolicy Policy, EventDecision Decision) Handle(PodEventOccurrence happening, string name, DateTimeOffset now)
    {
        var policy = Forget(now);
        var known = policy._events.GetValueOrDefault(happening);
        if (known is not null && now - known.Last > Window) known = null;
        var (pod, podMay) = (policy._pods.GetValueOrDefault(happening.Uid) ?? Bucket.Full(BurstOfPod, IntervalOfPod, now)).Take(BurstOfPod, IntervalOfPod, now);
        // Others' share is not taken for one that is left out anyway.
        var before = policy._all.GetValueOrDefault(happening.Reason) ?? Bucket.Full(Burst, Interval, now);
        var (all, may) = podMay ? before.Take(Burst, Interval, now) : (before, false);
        // Counted even if it is left out: the next that is not says how often it was.
        var next = known is null ? new KnownEvent(name, now, now, 1) : known with { Last = now, Count = known.Count + 1 };
        var after = policy with
        {
            _pods = may || !podMay ? policy._pods.SetItem(happening.Uid, pod) : policy._pods,
            _all = policy._all.SetItem(happening.Reason, all),
            _events = may || known is not null ? policy._events.SetItem(happening, next) : policy._events,
        };
        EventDecision decision = !may ? new EventDecision.LeaveOut() : known is null ? new EventDecision.Create() : new EventDecision.Update(next.Name, next.First, next.Count);
        return (after, decision);
    }

    /// <summary>What was called so could not be recorded: should it happen again it is a new event.</summary>
    public EventPolicy Lost(PodEventOccurrence happening) => this with { _events = _events.Remove(happening) };

    private EventPolicy Forget(DateTimeOffset now)
    {
        if (Remembered < MostRemembered) return this;
        var events = _events.RemoveRange(_events.Where(known => now - known.Value.Last > Window).Select(known => known.Key));
        var pods = _pods.RemoveRange(_pods.Where(pod => pod.Value.IsFull(BurstOfPod, IntervalOfPod, now)).Select(pod => pod.Key));
        // All of them may be fresh: then the older half goes, so that this is rare.
        if (events.Count >= MostRemembered) events = events.RemoveRange(events.OrderBy(known => known.Value.Last).Take(MostRemembered / 2).Select(known => known.Key));
        if (pods.Count >= MostRemembered) pods = pods.RemoveRange(pods.OrderBy(pod => pod.Value.At).Take(MostRemembered / 2).Select(pod => pod.Key));
        return this with { _events = events, _pods = pods };
    }

    private sealed record KnownEvent(string Name, DateTimeOffset First, DateTimeOffset Last, int Count);

    /// <summary>A token bucket, in the time that its tokens took to come, so that nothing is rounded.</summary>
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
