using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>A pod's shard has moved, and what its old actor said arrives after the words of the new one.</summary>
public class LateReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly RunId Run = new("uid-1", "containerd://1");
    private static readonly DeliveryTarget Target = new(Run, "default", "web-0", "10.1.0.5", "web", "node-1", Now);
    private static readonly PendingRevocation Old = new("old", Now + TimeSpan.FromMinutes(1));
    private static readonly PendingRevocation New = new("new", Now + TimeSpan.FromMinutes(1));

    private static RunLedger After(params IEnumerable<ILedgerEvent> more) => more.Aggregate(RunLedger.Empty.Apply(new Added(Target, Now, "7")), (ledger, e) => ledger.Apply(e));

    [Fact]
    public void A_token_of_the_old_actor_is_added_to_those_of_the_new_one_who_is_told()
    {
        var decision = After(new Issued(Run, [New], "7")).Handle(new LedgerInput.Reported(new RunIssued(Run, [Old], [])), Now);
        Assert.Equal([New, Old], decision.State.Find(Run)!.PendingRevocations);
        Assert.Equal([New, Old], Assert.IsType<AssignRun>(Assert.Single(decision.Commands)).PendingRevocations);
    }

    [Fact]
    public void Of_a_run_that_was_delivered_meanwhile_the_old_token_is_revoked()
    {
        var decision = After(new Delivered(Run, [], "7")).Handle(new LedgerInput.Reported(new RunIssued(Run, [Old], [])), Now);
        Assert.Equal((RunStatus.Delivered, Old), (decision.State.Find(Run)!.Status, Assert.Single(decision.State.Find(Run)!.PendingRevocations)));
        Assert.Equal([Old], Assert.IsType<CancelRun>(Assert.Single(decision.Commands)).PendingRevocations);
    }

    [Fact]
    public void What_the_old_one_delivered_is_over_and_what_the_new_one_holds_is_revoked()
    {
        var decision = After(new Issued(Run, [Old, New], "7")).Handle(new LedgerInput.Reported(new RunDelivered(Run, [], ["old"])), Now);
        Assert.Equal((RunStatus.Delivered, New), (decision.State.Find(Run)!.Status, Assert.Single(decision.State.Find(Run)!.PendingRevocations)));
        Assert.Equal([New], Assert.IsType<CancelRun>(Assert.Single(decision.Commands)).PendingRevocations);
    }

    [Fact]
    public void A_run_that_is_over_is_forgotten_when_nobodys_token_is_left()
    {
        var ended = After(new Issued(Run, [Old, New], "7"), new Cancelled(Run, "the pod is gone", "7"));
        var first = ended.Handle(new LedgerInput.Reported(new RunEnded(Run, ["old"])), Now);
        Assert.Equal([New], Assert.IsType<CancelRun>(Assert.Single(first.Commands)).PendingRevocations);
        Assert.Empty(first.State.Handle(new LedgerInput.Reported(new RunEnded(Run, ["new"])), Now).State.Pods);
    }
}
