using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>The shard of a pod has moved. Reports of the old pod actor arrive after reports of the new one.</summary>
public class LateReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly RunId Run = new("uid-1", "containerd://1");
    private static readonly DeliveryTarget Target = new(Run, "default", "web-0", "10.1.0.5", "web", "node-1", Now);
    private static readonly PendingRevocation Old = new("old", Now + TimeSpan.FromMinutes(1));
    private static readonly PendingRevocation New = new("new", Now + TimeSpan.FromMinutes(1));

    private static RunLedger After(params IEnumerable<ILedgerEvent> more) => more.Aggregate(RunLedger.Empty.Apply(new Added(Target, Now, "7")), (ledger, e) => ledger.Apply(e));

    [Fact]
    public void A_token_of_the_old_pod_actor_is_added_and_the_new_pod_actor_is_told_of_it()
    {
        var transition = After(new Issued(Run, [New], "7")).Handle(new LedgerInput.Reported(new RunIssued(Run, [Old], [])), Now);
        Assert.Equal([New, Old], transition.State.Find(Run)!.PendingRevocations);
        Assert.Equal([New, Old], Assert.IsType<AssignRun>(Assert.Single(transition.Commands)).PendingRevocations);
    }

    [Fact]
    public void When_the_run_was_delivered_meanwhile_the_old_token_is_revoked()
    {
        var transition = After(new Delivered(Run, [], "7")).Handle(new LedgerInput.Reported(new RunIssued(Run, [Old], [])), Now);
        Assert.Equal((RunStatus.Delivered, Old), (transition.State.Find(Run)!.Status, Assert.Single(transition.State.Find(Run)!.PendingRevocations)));
        Assert.Equal([Old], Assert.IsType<CancelRun>(Assert.Single(transition.Commands)).PendingRevocations);
    }

    [Fact]
    public void When_the_old_pod_actor_delivered_the_token_of_the_new_one_is_revoked()
    {
        var transition = After(new Issued(Run, [Old, New], "7")).Handle(new LedgerInput.Reported(new RunDelivered(Run, [], ["old"])), Now);
        Assert.Equal((RunStatus.Delivered, New), (transition.State.Find(Run)!.Status, Assert.Single(transition.State.Find(Run)!.PendingRevocations)));
        Assert.Equal([New], Assert.IsType<CancelRun>(Assert.Single(transition.Commands)).PendingRevocations);
    }

    [Fact]
    public void A_cancelled_run_is_forgotten_when_no_token_of_either_is_left()
    {
        var ended = After(new Issued(Run, [Old, New], "7"), new Cancelled(Run, "the pod is gone", "7"));
        var first = ended.Handle(new LedgerInput.Reported(new RunEnded(Run, ["old"])), Now);
        Assert.Equal([New], Assert.IsType<CancelRun>(Assert.Single(first.Commands)).PendingRevocations);
        Assert.Empty(first.State.Handle(new LedgerInput.Reported(new RunEnded(Run, ["new"])), Now).State.Pods);
    }

    /// <summary>Both pod actors made the same delivery. By the ack, each finds out whether its own report has arrived.</summary>
    [Fact]
    public void An_ack_says_whose_report_it_answers()
    {
        var first = After().Handle(new LedgerInput.Reported(new RunDelivered(Run, [], ["old"], Now, null, "old")), Now);
        var second = first.State.Handle(new LedgerInput.Reported(new RunDelivered(Run, [], ["new"], Now, null, "new")), Now);
        var unknown = RunLedger.Empty.Handle(new LedgerInput.Reported(new RunDelivered(Run, [], ["new"], Now, null, "new")), Now);
        Assert.Equal(
            [new AckRun(Run, Now, "old"), new AckRun(Run, Now, "new"), new AckRun(Run, Now, "new")],
            ((IEnumerable<IPodCommand>)[.. first.Commands, .. second.Commands, .. unknown.Commands]).Cast<AckRun>());
    }
}
