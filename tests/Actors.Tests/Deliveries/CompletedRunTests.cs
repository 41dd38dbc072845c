using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Runs;
using AkkaVault.Shared;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>An init container exits with 0 when it has its secret. The watch may tell that before the answer to the push is read, or although it was lost.</summary>
public class CompletedRunTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly RunId Run = new("uid-1", "containerd://1");
    private static readonly DeliveryTarget Target = new(Run, "default", "web-0", "10.1.0.5", "web", "node-1", Now);
    private static readonly DeliveryInput.Cancel Completed = new([], IsCompleted: true);

    [Fact]
    public void While_it_is_pushed_to_it_was_delivered_once_and_its_token_is_revoked()
    {
        var pushing = Pushing();
        var (delivered, effects) = pushing.Handle(Completed, Now, 0);
        Assert.Equal(DeliveryState.Delivered, delivered.State);
        Assert.Single(effects.OfType<DeliveryEffect.CountDelivered>());
        Assert.Single(effects.OfType<DeliveryEffect.Revoke>());
        Assert.Empty(delivered.Handle(new DeliveryInput.PushEnded(pushing.Operation, new PushOutcome.Succeeded()), Now, 0).Effects);
    }

    [Fact]
    public void After_a_push_without_an_answer_it_was_delivered() =>
        Assert.Single(After(new PushOutcome.NoAnswer("timeout")).Handle(Completed, Now, 0).Effects.OfType<DeliveryEffect.CountDelivered>());

    [Fact]
    public void So_it_was_while_the_next_token_is_asked_for()
    {
        var waiting = After(new PushOutcome.NoAnswer("timeout"));
        var issuing = waiting.Handle(new DeliveryInput.RetryDue(waiting.Operation), Now.AddMinutes(1), 0).State;
        Assert.Equal(DeliveryState.Issuing, issuing.State);
        Assert.Single(issuing.Handle(Completed, Now.AddMinutes(1), 0).Effects.OfType<DeliveryEffect.CountDelivered>());
    }

    [Fact]
    public void It_counts_once_and_stays_delivered_when_the_run_is_cancelled_again()
    {
        var delivered = After(new PushOutcome.NoAnswer("timeout")).Handle(Completed, Now, 0).State;
        var again = delivered.Handle(Completed, Now, 0);
        IsCancelled(again);
        Assert.Equal(RunOutcome.Delivered, Assert.Single(LocalRuns.Empty.Updated(delivered, Now).Updated(again.State, Now).Unfinished.Values).Outcome);
    }

    [Fact]
    public void After_a_push_that_found_nobody_somebody_else_has_delivered() => IsCancelled(After(new PushOutcome.NotListening("refused")).Handle(Completed, Now, 0));

    [Fact]
    public void Before_a_push_somebody_else_has_delivered() => IsCancelled(Delivery.Begin(new DeliveryInput.Assign(Target, Now, [])).State.Handle(Completed, Now, 0));

    /// <summary>A shard moves while a push is under way, and the init container accepts it after its pod actor has stopped.</summary>
    [Fact]
    public void After_a_push_of_a_pod_actor_that_stopped_meanwhile_the_next_one_has_delivered()
    {
        var stopped = new RunUnassigned(Run, Pushing().MayHaveDelivered);
        var pending = RunLedger.Empty.Handle(Seen(new ObservedPod(Run.Uid, Target, "")), Now).State;
        var (assigned, effects) = pending.Handle(new LedgerInput.Reported(stopped), Now);
        var assign = Assert.IsType<AssignRun>(Assert.Single(effects.OfType<LedgerEffect.Send>()).Command);
        Assert.True(assign.HadUnansweredPush);
        Assert.True(Assert.IsType<AssignRun>(Assert.Single(assigned.Handle(new LedgerInput.AnswerCheckDue(), Now.AddMinutes(1)).Commands)).HadUnansweredPush);

        var next = Delivery.Begin(new DeliveryInput.Assign(assign.Target, assign.SeenAt, [], assign.IsRedelivery, assign.HadUnansweredPush)).State;
        Assert.Equal(1, Assert.Single(next.Handle(Completed, Now, 0).Effects.OfType<DeliveryEffect.CountDelivered>()).Pushes);
    }

    [Fact]
    public void A_sidecar_that_exits_need_not_have_its_redelivery() => IsCancelled(Pushing(isRedelivery: true).Handle(Completed, Now, 0));

    [Fact]
    public void A_run_that_ended_otherwise_is_cancelled_while_it_is_pushed_to() => IsCancelled(Pushing().Handle(new DeliveryInput.Cancel([]), Now, 0));

    [Fact]
    public void The_ledger_says_which_run_is_completed_and_forgets_it_when_it_hears_of_the_delivery()
    {
        var pending = RunLedger.Empty.Handle(Seen(new ObservedPod(Run.Uid, Target, "")), Now).State;
        var other = new RunId(Run.Uid, "containerd://0");
        Assert.False(Assert.IsType<CancelRun>(Assert.Single(pending.Handle(Seen(new ObservedPod(Run.Uid, null, "not running", other)), Now).Commands)).IsCompleted);
        var (cancelled, effects) = pending.Handle(Seen(new ObservedPod(Run.Uid, null, "not running", Run)), Now);
        Assert.True(Assert.IsType<CancelRun>(Assert.Single(effects.OfType<LedgerEffect.Send>()).Command).IsCompleted);
        var repeated = cancelled.Handle(new LedgerInput.SilenceCheckDue(), Now.AddMinutes(1));
        Assert.True(Assert.IsType<CancelRun>(Assert.Single(repeated.Commands)).IsCompleted);
        var (reported, ack) = cancelled.Handle(new LedgerInput.Reported(new RunDelivered(Run, [], ["accessor"], Now)), Now);
        Assert.IsType<AckRun>(Assert.Single(ack.OfType<LedgerEffect.Send>()).Command);
        Assert.Empty(reported.Handle(new LedgerInput.Reported(new RunEnded(Run, ["accessor"])), Now).State.Pods);
    }

    private static LedgerInput.PodWatched Seen(ObservedPod pod) => new(new PodWatchItem.Changed(pod, "8"));

    private static void IsCancelled(Transition<Delivery, DeliveryEffect> transition)
    {
        Assert.Equal(DeliveryState.Cancelled, transition.State.State);
        Assert.Empty(transition.Effects.OfType<DeliveryEffect.CountDelivered>());
    }

    private static Delivery Pushing(bool isRedelivery = false)
    {
        var token = new WrappingToken("s.wrap", "accessor", TimeSpan.FromMinutes(1), Now, "auth/approle/role/web/secret-id");
        var begun = Delivery.Begin(new DeliveryInput.Assign(Target, Now, [], isRedelivery)).State;
        return begun.Handle(new DeliveryInput.TokenIssued(begun.Operation, new IssuedToken(token, Now + token.Ttl)), Now, 0).State;
    }

    private static Delivery After(PushOutcome outcome)
    {
        var pushing = Pushing();
        return pushing.Handle(new DeliveryInput.PushEnded(pushing.Operation, outcome), Now, 0).State;
    }
}
