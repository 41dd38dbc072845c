using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Actors.Tests.Ledger;

/// <summary>Runs that want a redelivery, in the ledger.</summary>
public class RedeliveryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly DateTimeOffset Next = Now.AddHours(1);
    private static readonly RunId Run = new("uid-1", "containerd://1");
    private static readonly PendingRevocation Old = new("old", Now.AddMinutes(1));

    private static DeliveryTarget Target(string uid = "uid-1", string container = "containerd://1") => new(new RunId(uid, container), "default", uid, "10.1.0.5", "web", "node-1", Now);

    private static RunLedger Served(DateTimeOffset? next) => RunLedger.Empty.Apply(new Added(Target(), Now, "7")).Handle(new LedgerInput.Reported(new RunDelivered(Run, [], [], Now, next)), Now).State;

    private static RunLedger Recovered(RunLedger ledger) => LedgerSnapshot.Of(ledger).ToLedger();

    private static LedgerInput.PodWatched Listed(DeliveryTarget? target, string uid = "uid-1") => new(new PodWatchItem.Listed(new ObservedPod(uid, target, "not running")));

    private static LedgerInput.PodWatched Located(DeliveryTarget target) => new(new PodWatchItem.Located(target));

    private static LedgerInput.PodWatched ListEnded(params string[] uids) => new(new PodWatchItem.ListEnded([.. uids], "9"));

    [Fact]
    public void A_run_that_is_due_is_stored_as_pending_and_then_assigned()
    {
        var served = Served(Next);
        Assert.Equal(Next, served.RedeliveriesDueAt(Now));
        Assert.Empty(served.Handle(new LedgerInput.RedeliveriesDue(), Next.AddTicks(-1)).Effects);

        var due = served.Handle(new LedgerInput.RedeliveriesDue(), Next);
        Assert.Equal([new Added(Target(), Next, "7", IsRedelivery: true)], due.Events);
        Assert.Equal((Target(), Next, true), Assert.IsType<AssignRun>(Assert.Single(due.Commands)) is var assign ? (assign.Target, assign.SeenAt, assign.IsRedelivery) : default);
        Assert.Null(due.State.RedeliveriesDueAt(Next));

        var again = due.State.Handle(new LedgerInput.Reported(new RunDelivered(Run, [], [], Next, Next.AddHours(1))), Next);
        Assert.Equal([new Delivered(Run, [], "7", Next.AddHours(1))], again.Events.Select(e => (Delivered)e).Select(e => e with { PendingRevocations = [] }));
        Assert.Equal([new AckRun(Run, Next)], again.Commands);
    }

    [Fact]
    public void A_run_that_asks_for_nothing_is_never_due()
    {
        var served = Served(null);
        Assert.Null(served.RedeliveriesDueAt(Now));
        Assert.Empty(served.Handle(new LedgerInput.RedeliveriesDue(), Now.AddYears(10)).Effects);
        Assert.Empty(served.Handle(Listed(Target()), Now).Effects);
    }

    [Fact]
    public void A_late_report_of_the_delivery_before_does_not_settle_the_one_that_is_pending()
    {
        var pending = Served(Next).Handle(new LedgerInput.RedeliveriesDue(), Next).State;
        var late = pending.Handle(new LedgerInput.Reported(new RunDelivered(Run, [], [], Now, Next)), Next);
        Assert.Equal(RunStatus.Pending, late.State.Find(Run)!.Status);
        Assert.Equal(Next, Assert.IsType<AssignRun>(Assert.Single(late.Commands)).SeenAt);
        // A controller of an earlier version does not say which delivery it reports.
        Assert.Equal(RunStatus.Delivered, pending.Handle(new LedgerInput.Reported(new RunDelivered(Run, [], [])), Next).State.Find(Run)!.Status);
    }

    [Fact]
    public void A_delivery_is_later_than_the_one_before_although_this_leaders_clock_is_behind()
    {
        var ledger = RunLedger.Empty.Apply(new Added(Target(), Next, "7")).Apply(new Delivered(Run, [], "7", Now));
        Assert.Equal(Next.AddTicks(1), ledger.Handle(new LedgerInput.RedeliveriesDue(), Now).State.Find(Run)!.SeenAt);
    }

    [Fact]
    public void What_a_report_asks_for_is_not_due_at_once_whatever_the_clock_of_its_node_says() =>
        Assert.Equal(Now + RedeliveryRules.Shortest, Served(Now.AddHours(-1)).RedeliveriesDueAt(Now));

    [Fact]
    public void Tokens_of_the_delivery_before_are_revoked_first()
    {
        var delivered = RunLedger.Empty.Apply(new Added(Target(), Now, "7")).Apply(new Delivered(Run, [Old], "7", Next));
        Assert.Empty(delivered.Handle(new LedgerInput.RedeliveriesDue(), Next).Effects);
        var revoked = delivered.Handle(new LedgerInput.Reported(new RunEnded(Run, ["old"])), Next).State;
        Assert.Equal(Next, revoked.RedeliveriesDueAt(Now));
        Assert.Single(revoked.Handle(new LedgerInput.RedeliveriesDue(), Next).Commands);
    }

    [Fact]
    public void After_a_change_of_leader_one_list_beside_the_watch_tells_where_served_runs_are()
    {
        var recovered = Recovered(Served(Next));
        Assert.Equal(Next, recovered.RedeliveriesDueAt(Now));
        var due = recovered.Handle(new LedgerInput.RedeliveriesDue(), Next);
        Assert.Equal((true, false, 0, 0), (due.AsksToLocate, due.AsksForList, due.Events.Count, due.Commands.Count));
        // Once: nothing is due before the list has come.
        Assert.Null(due.State.RedeliveriesDueAt(Next));
        Assert.Empty(due.State.Handle(new LedgerInput.RedeliveriesDue(), Next).Effects);

        // It may be old: it tells nothing but where a run is that is served.
        var old = due.State.Handle(Located(Target(container: "containerd://0")), Next).State.Handle(Located(Target("uid-2")), Next);
        Assert.Empty(old.Effects);
        Assert.Equal((1, 0), (old.State.Served.Count, old.State.Pods.Count));
        var located = old.State.Handle(Located(Target()), Next);
        Assert.Empty(located.Effects);
        Assert.Equal(Target(), Assert.IsType<AssignRun>(Assert.Single(located.State.Handle(new LedgerInput.RedeliveriesDue(), Next).Commands)).Target);
    }

    [Fact]
    public void A_run_that_a_list_beside_the_watch_did_not_find_is_looked_for_by_a_list_that_also_tells_who_is_gone()
    {
        var ended = Recovered(Served(Next)).Handle(new LedgerInput.RedeliveriesDue(), Next).State.Handle(new LedgerInput.PodWatched(new PodWatchItem.LocatingEnded()), Next);
        Assert.Empty(ended.Effects);
        var due = ended.State.Handle(new LedgerInput.RedeliveriesDue(), ended.State.RedeliveriesDueAt(Next)!.Value);
        Assert.Equal((false, true), (due.AsksToLocate, due.AsksForList));
        Assert.Null(due.State.RedeliveriesDueAt(Next));
        Assert.Equal((0, false), due.State.Handle(ListEnded(), Next).State is var gone ? (gone.Count, gone.IsListAsked) : default);
    }

    [Fact]
    public void A_list_pushes_to_nobody_who_is_served_and_forgets_who_is_gone()
    {
        var ledger = Enumerable.Range(0, 100).Aggregate(RunLedger.Empty, (l, n) => l.Apply(new Added(Target($"uid-{n}"), Now, "7")).Apply(new Delivered(new RunId($"uid-{n}", "containerd://1"), [], "7")));
        var recovered = Recovered(ledger);
        Assert.Equal((0, 100), (recovered.Entries.Count(), recovered.Count));
        foreach (var n in Enumerable.Range(0, 50))
        {
            var listed = recovered.Handle(Listed(Target($"uid-{n}"), $"uid-{n}"), Now);
            Assert.Empty(listed.Effects);
            recovered = listed.State;
        }

        var ended = recovered.Handle(ListEnded([.. Enumerable.Range(0, 60).Select(n => $"uid-{n}")]), Now);
        Assert.Empty(ended.Commands);
        Assert.Equal((60, 40), (ended.State.Served.Count, ended.Events.OfType<Removed>().Count()));
        // What is stored says the same, also where only hashes are known.
        Assert.Equal(60, ended.Events.Aggregate(Recovered(ledger), (l, e) => l.Apply(e)).Served.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_newer_run_replaces_a_served_one_and_a_pod_that_is_gone_takes_it_along(bool isRecovered)
    {
        var ledger = isRecovered ? Recovered(Served(Next)) : Served(Next);
        var newer = ledger.Handle(Listed(Target(container: "containerd://2")), Now);
        Assert.Equal("containerd://2", Assert.IsType<AssignRun>(Assert.Single(newer.Commands)).Run.Container);
        Assert.Equal((0, 1), (newer.State.Served.Count, newer.State.Count));

        foreach (var gone in (LedgerInput[])[Listed(null), ListEnded(), new LedgerInput.PodWatched(new PodWatchItem.Deleted("uid-1", "8"))])
        {
            var without = ledger.Handle(gone, Now);
            Assert.Equal((0, 1), (without.State.Count, without.Events.OfType<Removed>().Count()));
            Assert.Empty(without.Commands);
            Assert.Equal(0, without.Events.Aggregate(ledger, (l, e) => l.Apply(e)).Count);
        }
    }

    [Fact]
    public void A_redelivery_whose_pod_has_another_address_stays_one()
    {
        var pending = Served(Next).Handle(new LedgerInput.RedeliveriesDue(), Next).State;
        var moved = pending.Handle(Listed(Target() with { Ip = "10.1.0.6" }), Next.AddSeconds(1));
        Assert.Equal((Next, true), Assert.IsType<AssignRun>(Assert.Single(moved.Commands)) is var assign ? (assign.SeenAt, assign.IsRedelivery) : default);
    }

    [Fact]
    public void A_token_that_a_late_report_names_is_revoked_also_where_the_pod_is_not_known()
    {
        var late = Recovered(Served(Next)).Handle(new LedgerInput.Reported(new RunIssued(Run, [Old], [])), Now);
        Assert.Equal([Old], Assert.IsType<CancelRun>(Assert.Single(late.Commands)).PendingRevocations);
        var ended = Recovered(late.State).Handle(new LedgerInput.Reported(new RunEnded(Run, ["old"])), Now).State;
        Assert.Equal((0, Next), (ended.Entries.Count(), ended.Find(Run)!.NextDeliveryAt));
        // The list tells where it is, as of any other.
        Assert.Single(ended.Handle(Listed(Target()), Now).State.Handle(new LedgerInput.RedeliveriesDue(), Next).Commands);
    }

    [Fact]
    public void A_lost_ledger_fills_again_part_by_part_where_its_store_is_bounded()
    {
        const int Count = 200;
        var capacity = new LedgerCapacity(15_000);
        var (ledger, lists, assigned, most) = (RunLedger.Empty.Within(capacity), 1, new HashSet<string>(), 0);
        for (var listed = 0; listed < lists; listed++)
        {
            var waiting = new Queue<AssignRun>();
            foreach (var uid in Enumerable.Range(0, Count).Select(n => $"uid-{n}")) Handle(Listed(Target(uid), uid));
            Handle(ListEnded([.. Enumerable.Range(0, Count).Select(n => $"uid-{n}")]));
            while (waiting.TryDequeue(out var assign)) Handle(new LedgerInput.Reported(new RunDelivered(assign.Run, [], [], assign.SeenAt, Next)));

            void Handle(LedgerInput input)
            {
                var transition = ledger.Handle(input, Now);
                // Each event is at once in a snapshot.
                ledger = transition.State with { SnapshotAt = transition.State.EventCount };
                if (transition.AsksForList) lists++;
                most = Math.Max(most, ledger.Pods.Count);
                foreach (var assign in transition.Commands.OfType<AssignRun>())
                {
                    Assert.True(assigned.Add(assign.Run.Uid));
                    waiting.Enqueue(assign);
                }
            }
        }

        Assert.Equal((Count, 0), (ledger.Served.Count, ledger.Pods.Count));
        Assert.Equal(capacity.MaxWaiting(0), most);
        Assert.InRange(lists, 4, 12);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Thousands_whose_pods_are_gone_are_removed_part_by_part_where_the_store_is_bounded(bool bounded)
    {
        const int Gone = 20_000;
        var ledger = (RunLedger.Empty with
        {
            Served = ServedRuns.Of(Enumerable.Range(0, Gone).Select(n => new ServedRun(RunKey.Of(new RunId($"uid-{n}", "containerd://1")), null, null, default))),
        }).Within(bounded ? LedgerCapacity.OfConfigMap : null);
        var (lists, most) = (1, 0);
        for (var listed = 0; listed < lists; listed++)
        {
            var ended = ledger.Handle(ListEnded(), Now);
            most = Math.Max(most, ended.Events.Count);
            // The store is slow: there is no snapshot before it lacks capacity.
            ledger = ended.AsksForList ? ended.State : ended.State.Handle(new LedgerInput.SnapshotStored(ended.State.EventCount), Now) is var stored && stored.AsksForList ? stored.State : ended.State;
            if (ledger.IsListAsked) lists++;
        }

        Assert.Equal((0, bounded ? Gone / LedgerCapacity.MaxRemovedAtOnce : 1), (ledger.Served.Count, lists));
        Assert.Equal(bounded ? LedgerCapacity.MaxRemovedAtOnce + 1 : Gone + 1, most);
    }

    [Fact]
    public void A_redelivery_waits_for_room_as_well()
    {
        var served = Served(Next).Within(new LedgerCapacity(600));
        served = Enumerable.Range(0, 5).Aggregate(served, (l, n) => l.Handle(Listed(Target($"other-{n}"), $"other-{n}"), Now).State);
        var full = served.Handle(new LedgerInput.RedeliveriesDue(), Next);
        Assert.Empty(full.Commands);
        Assert.True(full.State.RedeliveriesDueAt(Next) > Next);
        var left = full.State.Handle(new LedgerInput.PodWatched(new PodWatchItem.Deleted("other-0", "8")), Next).State.Handle(new LedgerInput.Reported(new RunEnded(new RunId("other-0", "containerd://1"), [])), Next).State;
        Assert.Equal(Run, Assert.Single(left.Handle(new LedgerInput.RedeliveriesDue(), Next.AddSeconds(10)).Commands).Run);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(20_000)]
    public void Many_that_are_due_together_begin_at_a_bounded_rate(int count)
    {
        var ledger = RunLedger.Empty with
        {
            Served = ServedRuns.Of(Enumerable.Range(0, count).Select(n => new ServedRun(RunKey.Of(new RunId($"uid-{n}", "containerd://1")), Now, Target($"uid-{n}"), default))),
        };
        var (begun, now) = (0, Now);
        while (ledger.RedeliveriesDueAt(now) is { } at)
        {
            now = at > now ? at : now;
            var due = ledger.Handle(new LedgerInput.RedeliveriesDue(), now);
            Assert.NotEmpty(due.Commands);
            begun += due.Commands.Count;
            Assert.True(begun <= RedeliveryRules.MaxPerSecond * ((now - Now).TotalSeconds + 5), $"{begun} within {now - Now}");
            ledger = due.State;
        }

        Assert.Equal(count, begun);
        Assert.InRange((now - Now).TotalSeconds, (count / RedeliveryRules.MaxPerSecond) - 5, count / RedeliveryRules.MaxPerSecond);
    }
}
