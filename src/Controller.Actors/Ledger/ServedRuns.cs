using System.Collections.Immutable;

namespace AkkaVault.Controller.Ledger;

/// <summary>The served runs, at most one of each pod, and which of them want a redelivery first. Immutable.</summary>
internal sealed class ServedRuns
{
    /// <summary>No run is served.</summary>
    public static readonly ServedRuns None = new(ImmutableDictionary<ulong, ServedRun>.Empty, [], []);

    private readonly ImmutableDictionary<ulong, ServedRun> _byPod;
    private readonly ImmutableSortedSet<Due> _due;
    private readonly ImmutableSortedSet<Due> _dueOfUnknown;

    private ServedRuns(ImmutableDictionary<ulong, ServedRun> byPod, ImmutableSortedSet<Due> due, ImmutableSortedSet<Due> dueOfUnknown) =>
        (_byPod, _due, _dueOfUnknown) = (byPod, due, dueOfUnknown);

    private readonly record struct Due(DateTimeOffset At, ulong Pod) : IComparable<Due>
    {
        public int CompareTo(Due other) => At.CompareTo(other.At) is not 0 and var order ? order : Pod.CompareTo(other.Pod);
    }

    /// <summary>How many there are.</summary>
    public int Count => _byPod.Count;

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<ServedRun> All => _byPod.Values;

    /// <summary>When the first run with a known target wants a redelivery; null: none does.</summary>
    public DateTimeOffset? FirstDueAt => FirstOf(_due);

    /// <summary>When the first run whose target is not known wants a redelivery; null: none does.</summary>
    public DateTimeOffset? FirstDueOfUnknownAt => FirstOf(_dueOfUnknown);

    /// <summary>When the first of all runs wants a redelivery; null: none does.</summary>
    public DateTimeOffset? FirstDueOfAllAt => FirstDueAt is { } known && !(FirstDueOfUnknownAt < known) ? known : FirstDueOfUnknownAt;

    /// <summary>How many want a redelivery.</summary>
    public int WaitingForRedelivery => _due.Count + _dueOfUnknown.Count;

    /// <summary>Many runs at once.</summary>
    public static ServedRuns Of(IEnumerable<ServedRun> runs)
    {
        var byPod = runs.ToImmutableDictionary(run => run.Key.Pod);
        return new ServedRuns(byPod, DueOf(byPod.Values.Where(run => run.Target is not null)), DueOf(byPod.Values.Where(run => run.Target is null)));
    }

    /// <summary>A pod's served run, by <see cref="RunKey.Pod"/>; null: it has none.</summary>
    public ServedRun? OfPod(ulong pod) => _byPod.GetValueOrDefault(pod);

    /// <summary>A served run; null: it is not served.</summary>
    public ServedRun? Find(RunKey key) => OfPod(key.Pod) is { } run && run.Key == key ? run : null;

    /// <summary>Those with a known target that are due, the first one first.</summary>
    public IEnumerable<ServedRun> DueBy(DateTimeOffset now) => _due.TakeWhile(due => due.At <= now).Select(due => _byPod[due.Pod]);

    /// <summary>How many wanted a redelivery at a time or before it.</summary>
    public int CountDueBy(DateTimeOffset time) => _due.TakeWhile(due => due.At <= time).Count() + _dueOfUnknown.TakeWhile(due => due.At <= time).Count();

    /// <summary>With a run, in place of its pod's earlier one.</summary>
    public ServedRuns With(ServedRun run)
    {
        var others = OfPod(run.Key.Pod) is { } earlier ? Without(earlier.Key) : this;
        return run.NextDeliveryAt is not { } at ? new ServedRuns(others._byPod.Add(run.Key.Pod, run), others._due, others._dueOfUnknown)
            : run.Target is null ? new ServedRuns(others._byPod.Add(run.Key.Pod, run), others._due, others._dueOfUnknown.Add(new Due(at, run.Key.Pod)))
            : new ServedRuns(others._byPod.Add(run.Key.Pod, run), others._due.Add(new Due(at, run.Key.Pod)), others._dueOfUnknown);
    }

    /// <summary>Without a run.</summary>
    public ServedRuns Without(RunKey key)
    {
        if (Find(key) is not { } run) return this;
        var due = new Due(run.NextDeliveryAt ?? default, key.Pod);
        return new ServedRuns(_byPod.Remove(key.Pod), _due.Remove(due), _dueOfUnknown.Remove(due));
    }

    private static ImmutableSortedSet<Due> DueOf(IEnumerable<ServedRun> runs) =>
        [.. runs.Where(run => run.NextDeliveryAt is not null).Select(run => new Due(run.NextDeliveryAt!.Value, run.Key.Pod))];

    private static DateTimeOffset? FirstOf(ImmutableSortedSet<Due> due) => due.IsEmpty ? null : due.Min.At;
}
