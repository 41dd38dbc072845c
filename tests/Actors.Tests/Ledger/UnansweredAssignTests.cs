using AkkaVault.Controller.Common;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Actors.Tests.Ledger;

/// <summary>What the watcher sent was lost on its way: to a shard that moves, or to a node that is gone.</summary>
public class UnansweredAssignTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly RunId Run = new("uid-1", "containerd://1");
    private static readonly DeliveryTarget Target = new(Run, "default", "web-0", "10.1.0.5", "web", "node-1", Now);
    private static readonly PendingRevocation Wrap = new("accessor", Now + TimeSpan.FromMinutes(1));

    private static RunLedger Seen => RunLedger.Empty.Handle(new LedgerInput.PodWatched(new PodWatchItem.Changed(new ObservedPod(Run.Uid, Target, ""), "7")), Now).State;

    // When each of so many was sent, from a beginning on, as long as nobody answers.
    private static List<TimeSpan> SentAgain(RunLedger ledger, DateTimeOffset from, int times)
    {
        var sent = new List<TimeSpan>();
        for (var at = TimeSpan.Zero; sent.Count < times; at += Tick)
        {
            foreach (var due in (LedgerInput[])[new LedgerInput.AnswerCheckDue(), new LedgerInput.SilenceCheckDue()])
            {
                var decision = ledger.Handle(due, from + at);
                ledger = decision.State;
                if (decision.Commands.IsEmpty) continue;
                Assert.Equal(Run, Assert.Single(decision.Commands).Run);
                Assert.IsType<Advanced>(Assert.Single(decision.Events));
                sent.Add(at);
            }
        }

        return sent;
    }

    [Fact]
    public void It_is_sent_again_soon_and_then_more_and_more_rarely() => Assert.Equal(
        [0.25, 0.5, 0.75, 1, 1.5, 2.5, 4.5, 8.5, 13.5, 18.5], SentAgain(Seen, Now, 10).Select(at => at.TotalSeconds));

    [Fact]
    public void Once_answered_it_is_left_in_peace_for_longer()
    {
        var answered = Seen.Handle(new LedgerInput.Reported(new RunProgressed(Run)), Now).State;
        Assert.Equal([5, 5.25], SentAgain(answered, Now, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void What_an_actor_has_let_go_is_soon_sent_again_too()
    {
        var answered = Seen.Handle(new LedgerInput.Reported(new RunProgressed(Run)), Now).State;
        var let = answered.Handle(new LedgerInput.Reported(new RunUnassigned(Run)), Now);
        Assert.IsType<AssignRun>(Assert.Single(let.Commands));
        Assert.Equal(AssignRules.AnswerTimeout, Assert.Single(SentAgain(let.State, Now, 1)));
    }

    [Fact]
    public void So_is_what_is_sent_to_all_since_a_node_is_gone()
    {
        var answered = Seen.Handle(new LedgerInput.Reported(new RunProgressed(Run)), Now).State;
        var all = answered.Handle(new LedgerInput.PodActorsLost(), Now);
        Assert.IsType<AssignRun>(Assert.Single(all.Commands));
        Assert.Equal(AssignRules.AnswerTimeout, Assert.Single(SentAgain(all.State, Now, 1)));
    }

    [Fact]
    public void A_node_that_is_gone_is_a_new_beginning_for_who_was_not_answered_for_long()
    {
        var ledger = Seen;
        for (var at = Now; at < Now + TimeSpan.FromSeconds(5); at += Tick) ledger = ledger.Handle(new LedgerInput.AnswerCheckDue(), at).State;
        var gone = Now + TimeSpan.FromSeconds(5);
        Assert.Equal([0.25, 0.5], SentAgain(ledger.Handle(new LedgerInput.PodActorsLost(), gone).State, gone, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void Often_are_only_those_looked_at_that_were_not_answered_the_longest_first_and_not_all_at_once()
    {
        var ledger = Enumerable.Range(0, AssignRules.MaxReassignedAtOnce + 10).Aggregate(
            RunLedger.Empty, (l, n) => l.Handle(new LedgerInput.PodWatched(new PodWatchItem.Changed(new ObservedPod($"uid-{n}", Target with { Run = new RunId($"uid-{n}", "containerd://1") }, ""), $"{n}")), Now - n * Tick).State);
        var answered = ledger.Handle(new LedgerInput.Reported(new RunProgressed(new RunId("uid-509", "containerd://1"))), Now - TimeSpan.FromHours(1)).State;
        var again = answered.Handle(new LedgerInput.AnswerCheckDue(), Now + AssignRules.AnswerTimeout);
        Assert.Equal(Enumerable.Range(9, AssignRules.MaxReassignedAtOnce).Select(n => $"uid-{n}").Order(), again.Commands.Select(command => command.Run.Uid).Order());
        Assert.Equal(9, again.State.Handle(new LedgerInput.AnswerCheckDue(), Now + AssignRules.AnswerTimeout).Commands.Count);
        Assert.Equal("uid-509", Assert.Single(again.State.Handle(new LedgerInput.SilenceCheckDue(), Now + AssignRules.SilenceTimeout).Commands).Run.Uid);
    }

    [Fact]
    public void Who_is_to_answer_has_time_from_the_sending_on()
    {
        var sent = Now + TimeSpan.FromSeconds(30);
        var ledger = Seen.Handle(new LedgerInput.CommandsSent([new AssignRun(Target, Now, [])]), sent).State;
        Assert.Equal(AssignRules.AnswerTimeout, Assert.Single(SentAgain(ledger, sent, 1)));
        // One that was answered meanwhile is left as it is.
        var answered = Seen.Handle(new LedgerInput.Reported(new RunProgressed(Run)), Now).State;
        Assert.Equal(answered, answered.Handle(new LedgerInput.CommandsSent([new AssignRun(Target, Now, [])]), sent).State);
    }

    [Fact]
    public void A_run_that_is_over_is_answered_only_when_all_is_revoked_and_waits_for_it()
    {
        var issued = Seen.Handle(new LedgerInput.Reported(new RunIssued(Run, [Wrap], [])), Now).State;
        var dropped = issued.Handle(new LedgerInput.PodWatched(new PodWatchItem.Deleted(Run.Uid, "8")), Now);
        Assert.IsType<CancelRun>(Assert.Single(dropped.Commands));
        Assert.Equal([5, 10], SentAgain(dropped.State, Now, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void A_clock_that_was_set_back_keeps_nobody_waiting() =>
        Assert.Equal(TimeSpan.Zero, Assert.Single(SentAgain(Seen, Now - TimeSpan.FromHours(1), 1)));

    [Fact]
    public void A_pod_actor_answers_every_drive_at_once()
    {
        var begun = Delivery.Begin(new DeliveryInput.Assign(Target, Now, []));
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun));
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun.State.Handle(new DeliveryInput.Assign(Target, Now, []), Now, 0)));
        var moved = Target with { Ip = "10.1.0.6" };
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun.State.Handle(new DeliveryInput.Assign(moved, Now, []), Now, 0)));
        var dropped = begun.State.Handle(new DeliveryInput.Cancel([]), Now, 0).State;
        Assert.Equal(new RunProgressed(Run), AnswerOf(dropped.Handle(new DeliveryInput.Assign(Target, Now, []), Now, 0)));
    }

    private static IRunReport AnswerOf(Transition<Delivery, DeliveryEffect> step) => Assert.Single(step.Effects.OfType<DeliveryEffect.Report>()).Message;
}
