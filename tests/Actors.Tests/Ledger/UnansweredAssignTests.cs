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

    private static RunLedger Seen => LedgerDecision.Handle(RunLedger.Empty, new PodWatchItem.Changed(new ObservedPod(Run.Uid, Target, ""), "7"), Now).Ledger;

    // When each of so many was sent, from a beginning on, as long as nobody answers.
    private static List<TimeSpan> SentAgain(RunLedger ledger, DateTimeOffset from, int times)
    {
        var sent = new List<TimeSpan>();
        for (var at = TimeSpan.Zero; sent.Count < times; at += Tick)
        {
            foreach (var redrive in new[] { LedgerDecision.ReassignUnanswered, LedgerDecision.ReassignSilent })
            {
                var decision = redrive(ledger, from + at);
                ledger = decision.Ledger;
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
        var answered = LedgerDecision.Handle(Seen, new RunProgressed(Run), Now).Ledger;
        Assert.Equal([5, 5.25], SentAgain(answered, Now, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void What_an_actor_has_let_go_is_soon_sent_again_too()
    {
        var answered = LedgerDecision.Handle(Seen, new RunProgressed(Run), Now).Ledger;
        var let = LedgerDecision.Handle(answered, new RunUnassigned(Run), Now);
        Assert.IsType<AssignRun>(Assert.Single(let.Commands));
        Assert.Equal(LedgerDecision.AnswerTimeout, Assert.Single(SentAgain(let.Ledger, Now, 1)));
    }

    [Fact]
    public void So_is_what_is_sent_to_all_since_a_node_is_gone()
    {
        var answered = LedgerDecision.Handle(Seen, new RunProgressed(Run), Now).Ledger;
        var all = LedgerDecision.ReassignAll(answered, Now);
        Assert.IsType<AssignRun>(Assert.Single(all.Commands));
        Assert.Equal(LedgerDecision.AnswerTimeout, Assert.Single(SentAgain(all.Ledger, Now, 1)));
    }

    [Fact]
    public void A_node_that_is_gone_is_a_new_beginning_for_who_was_not_answered_for_long()
    {
        var ledger = Seen;
        for (var at = Now; at < Now + TimeSpan.FromSeconds(5); at += Tick) ledger = LedgerDecision.ReassignUnanswered(ledger, at).Ledger;
        var gone = Now + TimeSpan.FromSeconds(5);
        Assert.Equal([0.25, 0.5], SentAgain(LedgerDecision.ReassignAll(ledger, gone).Ledger, gone, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void Often_are_only_those_looked_at_that_were_not_answered_the_longest_first_and_not_all_at_once()
    {
        var ledger = Enumerable.Range(0, LedgerDecision.MaxReassignedAtOnce + 10).Aggregate(
            RunLedger.Empty, (l, n) => LedgerDecision.Handle(l, new PodWatchItem.Changed(new ObservedPod($"uid-{n}", Target with { Run = new RunId($"uid-{n}", "containerd://1") }, ""), $"{n}"), Now - n * Tick).Ledger);
        var answered = LedgerDecision.Handle(ledger, new RunProgressed(new RunId("uid-509", "containerd://1")), Now - TimeSpan.FromHours(1)).Ledger;
        var again = LedgerDecision.ReassignUnanswered(answered, Now + LedgerDecision.AnswerTimeout);
        Assert.Equal(Enumerable.Range(9, LedgerDecision.MaxReassignedAtOnce).Select(n => $"uid-{n}").Order(), again.Commands.Select(command => command.Run.Uid).Order());
        Assert.Equal(9, LedgerDecision.ReassignUnanswered(again.Ledger, Now + LedgerDecision.AnswerTimeout).Commands.Count);
        Assert.Equal("uid-509", Assert.Single(LedgerDecision.ReassignSilent(again.Ledger, Now + LedgerDecision.SilenceTimeout).Commands).Run.Uid);
    }

    [Fact]
    public void Who_is_to_answer_has_time_from_the_sending_on()
    {
        var sent = Now + TimeSpan.FromSeconds(30);
        var ledger = LedgerDecision.Sent(Seen, [new AssignRun(Target, Now, [])], sent);
        Assert.Equal(LedgerDecision.AnswerTimeout, Assert.Single(SentAgain(ledger, sent, 1)));
        // One that was answered meanwhile is left as it is.
        var answered = LedgerDecision.Handle(Seen, new RunProgressed(Run), Now).Ledger;
        Assert.Equal(answered, LedgerDecision.Sent(answered, [new AssignRun(Target, Now, [])], sent));
    }

    [Fact]
    public void A_run_that_is_over_is_answered_only_when_all_is_revoked_and_waits_for_it()
    {
        var issued = LedgerDecision.Handle(Seen, new RunIssued(Run, [Wrap], []), Now).Ledger;
        var dropped = LedgerDecision.Handle(issued, new PodWatchItem.Deleted(Run.Uid, "8"), Now);
        Assert.IsType<CancelRun>(Assert.Single(dropped.Commands));
        Assert.Equal([5, 10], SentAgain(dropped.Ledger, Now, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void A_clock_that_was_set_back_keeps_nobody_waiting() =>
        Assert.Equal(TimeSpan.Zero, Assert.Single(SentAgain(Seen, Now - TimeSpan.FromHours(1), 1)));

    [Fact]
    public void A_pod_actor_answers_every_drive_at_once()
    {
        var begun = Delivery.Begin(new DeliveryInput.Assign(Target, Now, []));
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun));
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun.Delivery.Handle(new DeliveryInput.Assign(Target, Now, []), Now, 0)));
        var moved = Target with { Ip = "10.1.0.6" };
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun.Delivery.Handle(new DeliveryInput.Assign(moved, Now, []), Now, 0)));
        var dropped = begun.Delivery.Handle(new DeliveryInput.Cancel([]), Now, 0).Delivery;
        Assert.Equal(new RunProgressed(Run), AnswerOf(dropped.Handle(new DeliveryInput.Assign(Target, Now, []), Now, 0)));
    }

    private static IRunReport AnswerOf(DeliveryStep step) => Assert.Single(step.Effects.OfType<DeliveryEffect.Report>()).Message;
}
