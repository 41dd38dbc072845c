using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.Ledger;

/// <summary>An assignment was lost on its way to a shard that moves, or to a node that has ended.</summary>
public class UnansweredAssignTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly RunId Run = new("uid-1", "containerd://1");
    private static readonly DeliveryTarget Target = new(Run, "default", "web-0", "10.1.0.5", "web", "node-1", Now);
    private static readonly PendingRevocation Wrap = new("accessor", Now + TimeSpan.FromMinutes(1));

    private static RunLedger Seen => RunLedger.Empty.Handle(new LedgerInput.PodWatched(new PodWatchItem.Changed(new ObservedPod(Run.Uid, Target, ""), "7")), Now).State;

    // The times at which that many assignments are sent again when nobody answers.
    private static List<TimeSpan> SentAgain(RunLedger ledger, DateTimeOffset from, int times)
    {
        var sent = new List<TimeSpan>();
        for (var at = TimeSpan.Zero; sent.Count < times; at += Tick)
        {
            foreach (var due in (LedgerInput[])[new LedgerInput.AnswerCheckDue(), new LedgerInput.SilenceCheckDue()])
            {
                var transition = ledger.Handle(due, from + at);
                ledger = transition.State;
                if (transition.Commands.IsEmpty) continue;
                Assert.Equal(Run, Assert.Single(transition.Commands).Run);
                Assert.IsType<Advanced>(Assert.Single(transition.Events));
                sent.Add(at);
            }
        }

        return sent;
    }

    [Fact]
    public void A_run_without_an_answer_is_assigned_again_soon_and_then_more_and_more_rarely() => Assert.Equal(
        [0.25, 0.5, 0.75, 1, 1.5, 2.5, 4.5, 8.5, 13.5, 18.5], SentAgain(Seen, Now, 10).Select(at => at.TotalSeconds));

    [Fact]
    public void A_run_with_an_answer_is_assigned_again_only_after_a_longer_silence()
    {
        var answered = Seen.Handle(new LedgerInput.Reported(new RunProgressed(Run)), Now).State;
        Assert.Equal([5, 5.25], SentAgain(answered, Now, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void A_run_that_a_pod_actor_has_unassigned_is_assigned_again_and_soon_once_more()
    {
        var answered = Seen.Handle(new LedgerInput.Reported(new RunProgressed(Run)), Now).State;
        var unassigned = answered.Handle(new LedgerInput.Reported(new RunUnassigned(Run)), Now);
        Assert.IsType<AssignRun>(Assert.Single(unassigned.Commands));
        Assert.Equal(AssignRules.AnswerTimeout, Assert.Single(SentAgain(unassigned.State, Now, 1)));
    }

    [Fact]
    public void So_is_every_run_when_a_node_has_left()
    {
        var answered = Seen.Handle(new LedgerInput.Reported(new RunProgressed(Run)), Now).State;
        var all = answered.Handle(new LedgerInput.PodActorsLost(), Now);
        Assert.IsType<AssignRun>(Assert.Single(all.Commands));
        Assert.Equal(AssignRules.AnswerTimeout, Assert.Single(SentAgain(all.State, Now, 1)));
    }

    [Fact]
    public void When_a_node_has_left_long_unanswered_runs_are_assigned_as_if_for_the_first_time()
    {
        var ledger = Seen;
        for (var at = Now; at < Now + TimeSpan.FromSeconds(5); at += Tick) ledger = ledger.Handle(new LedgerInput.AnswerCheckDue(), at).State;
        var gone = Now + TimeSpan.FromSeconds(5);
        Assert.Equal([0.25, 0.5], SentAgain(ledger.Handle(new LedgerInput.PodActorsLost(), gone).State, gone, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void The_frequent_check_takes_only_unanswered_runs_the_longest_first_and_not_all_at_once()
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
    public void A_pod_actor_has_time_to_answer_from_the_sending_on()
    {
        var sent = Now + TimeSpan.FromSeconds(30);
        var ledger = Seen.Handle(new LedgerInput.CommandsSent([new AssignRun(Target, Now, [])]), sent).State;
        Assert.Equal(AssignRules.AnswerTimeout, Assert.Single(SentAgain(ledger, sent, 1)));
        // A run that was answered for meanwhile does not change.
        var answered = Seen.Handle(new LedgerInput.Reported(new RunProgressed(Run)), Now).State;
        Assert.Equal(answered, answered.Handle(new LedgerInput.CommandsSent([new AssignRun(Target, Now, [])]), sent).State);
    }

    [Fact]
    public void A_cancelled_run_is_answered_only_when_all_is_revoked_and_waits_for_that()
    {
        var issued = Seen.Handle(new LedgerInput.Reported(new RunIssued(Run, [Wrap], [])), Now).State;
        var cancelled = issued.Handle(new LedgerInput.PodWatched(new PodWatchItem.Deleted(Run.Uid, "8")), Now);
        Assert.IsType<CancelRun>(Assert.Single(cancelled.Commands));
        Assert.Equal([5, 10], SentAgain(cancelled.State, Now, 2).Select(at => at.TotalSeconds));
    }

    [Fact]
    public void A_clock_that_was_set_back_keeps_nobody_waiting() =>
        Assert.Equal(TimeSpan.Zero, Assert.Single(SentAgain(Seen, Now - TimeSpan.FromHours(1), 1)));

    [Fact]
    public void A_pod_actor_answers_every_assignment_at_once()
    {
        var begun = Delivery.Begin(new DeliveryInput.Assign(Target, Now, []));
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun));
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun.State.Handle(new DeliveryInput.Assign(Target, Now, []), Now, 0)));
        var moved = Target with { Ip = "10.1.0.6" };
        Assert.Equal(new RunProgressed(Run), AnswerOf(begun.State.Handle(new DeliveryInput.Assign(moved, Now, []), Now, 0)));
        var cancelled = begun.State.Handle(new DeliveryInput.Cancel([]), Now, 0).State;
        Assert.Equal(new RunProgressed(Run), AnswerOf(cancelled.Handle(new DeliveryInput.Assign(Target, Now, []), Now, 0)));
    }

    private static IRunReport AnswerOf(Transition<Delivery, DeliveryEffect> step) => Assert.Single(step.Effects.OfType<DeliveryEffect.Report>()).Message;
}
