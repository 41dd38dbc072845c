using AkkaVault.Controller.Deliveries;
using LedgerTransition = AkkaVault.Shared.Transition<AkkaVault.Controller.Ledger.RunLedger, AkkaVault.Controller.Ledger.LedgerEffect>;

namespace AkkaVault.Controller.Ledger;

/// <summary>Runs that have their secret, and may have asked for another one.</summary>
internal sealed partial record RunLedger
{
    /// <summary>The runs that have their secret and no work.</summary>
    public ServedRuns Served { get; init; } = ServedRuns.None;

    /// <summary>How many runs there are.</summary>
    public int Count => Served.Count + Pods.Values.Sum(entries => entries.Count);

    /// <summary>When redeliveries last began. Not stored.</summary>
    public DateTimeOffset RedeliveredAt { get; init; }

    /// <summary>Whether a list of all pods was asked for and has not ended. Not stored.</summary>
    public bool IsListAsked { get; init; }

    /// <summary>Whether pods were listed beside the watch, to find served runs. Not stored.</summary>
    public Locating Locating { get; init; }

    /// <summary>How many redeliveries were due <see cref="RedeliveryRules.OverdueAfter"/> ago and are not delivered, whether they have begun or not.</summary>
    /// <param name="now">This node's clock.</param>
    public int OverdueRedeliveries(DateTimeOffset now)
    {
        var latest = now - RedeliveryRules.OverdueAfter;
        return Served.CountDueBy(latest) + Entries.Count(entry => entry is { IsRedelivery: true, Status: RunStatus.Pending } && entry.SeenAt <= latest);
    }

    /// <summary>When <see cref="LedgerInput.RedeliveriesDue"/> is to come; null: nothing will be due.</summary>
    /// <param name="now">This node's clock.</param>
    public DateTimeOffset? RedeliveriesDueAt(DateTimeOffset now)
    {
        var (known, unknown) = (Served.FirstDueAt, IsListAsked || Locating == Locating.Asked ? null : Served.FirstDueOfUnknownAt);
        var first = known is null || unknown < known ? unknown : known;
        var next = RedeliveredAt + RedeliveryRules.Interval(Served.Count);
        // A clock that was set back keeps nobody waiting.
        return RedeliveredAt <= now && first < next ? next : first;
    }

    // After a change of leader, only the hash of a served run's pod is known. One list beside the watch tells where all of them are: pods that start do
    // not wait for it. What it did not find needs a list in place of the watch, which also tells who is gone.
    private LedgerTransition HandleRedeliveriesDue(DateTimeOffset now)
    {
        var due = Served.DueBy(now).Take(Math.Min(CapacityLeft, RedeliveryRules.MaxAtOnce(Served.Count))).ToList();
        var isUnknownDue = !IsListAsked && Locating != Locating.Asked && Served.FirstDueOfUnknownAt <= now;
        var begun = due.Aggregate((this with { RedeliveredAt = now }).Do(), (transition, run) => transition.Then(ledger => ledger.ThenRedeliver(run, now)));
        return !isUnknownDue ? begun
            : Locating == Locating.NotYet ? begun.Then(ledger => (ledger with { Locating = Locating.Asked }).Do(new LedgerEffect.LocatePods()))
            : begun.Then(ledger => (ledger with { IsListAsked = true }).Do(new LedgerEffect.ListPods()));
    }

    private LedgerTransition HandleLocated(DeliveryTarget target) => Served.Find(RunKey.Of(target.Run)) is { Target: null } run
        ? (this with { Served = Served.With(run with { Target = target }) }).Do()
        : Do();

    // Later than the delivery before, by which pod actors and reports tell the two apart.
    private LedgerTransition ThenRedeliver(ServedRun run, DateTimeOffset now) =>
        ThenAdd(new Added(run.Target!, now > run.SeenAt ? now : run.SeenAt.AddTicks(1), ResumeToken, IsRedelivery: true), now);

    private LedgerTransition ThenRemoveServed(ServedRun? run, string resumeToken) => run is null ? Do() : ThenPersist(new Removed(run.Run, resumeToken));

    // Those of which only the hash is known as well: the uids of the pods that are there are hashed.
    private LedgerTransition ThenRemoveServedExcept(IEnumerable<string> uids)
    {
        if (Served.Count == 0) return Do();
        var there = uids.Select(RunKey.HashOf).ToHashSet();
        var gone = Served.All.Where(run => !there.Contains(run.Key.Pod)).ToList();
        // A bounded store could not take all of them at once. The next list tells of the others again.
        var most = Capacity is null ? gone.Count : LedgerCapacity.MaxRemovedAtOnce;
        return gone.Take(most).Aggregate(
            (this with { HasLeftOut = HasLeftOut || gone.Count > most }).Do(), (transition, run) => transition.Then(ledger => ledger.ThenRemoveServed(run, ResumeToken)));
    }
}

/// <summary>Whether pods were listed beside the watch, to find served runs.</summary>
internal enum Locating
{
    /// <summary>It was not needed yet.</summary>
    NotYet,

    /// <summary>The list has not ended.</summary>
    Asked,

    /// <summary>The list has ended; what it did not tell, another one will not tell either.</summary>
    Ended,
}
