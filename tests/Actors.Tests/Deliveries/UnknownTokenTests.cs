using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>The leader that was told of a token died before it had stored it: the next one's commands do not name it, and it must hear of it.</summary>
public class UnknownTokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", Now);
    private static readonly PendingRevocation Held = new("held", Now.AddMinutes(1));
    private static readonly PendingRevocation Older = new("older", Now.AddMinutes(1));
    private static readonly Delivery Pushing = Delivery.Begin(new DeliveryInput.Assign(Target, Now, [Older])).State
        .Handle(new DeliveryInput.TokenIssued(1, new IssuedToken(new WrappingToken("s.wrap", Held.Accessor, TimeSpan.FromMinutes(1), Now, "auth/approle/role/web/secret-id"), Held.Expires)), Now, 0).State;

    [Fact]
    public void One_that_knows_all_hears_that_the_run_is_worked_on() =>
        Assert.IsType<RunProgressed>(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target, Now, [Older, Held]))));

    [Fact]
    public void One_that_does_not_know_the_token_in_use_hears_of_it() => Assert.Equal(
        [Older, Held], Assert.IsType<RunIssued>(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target, Now, [Older])))).PendingRevocations);

    [Fact]
    public void One_that_does_not_know_what_is_being_revoked_hears_of_it() => Assert.Equal(
        [Older, Held], Assert.IsType<RunIssued>(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target, Now, [Held])))).PendingRevocations);

    [Fact]
    public void One_that_starts_the_run_over_hears_of_it() => Assert.Equal(
        [Older, Held], Assert.IsType<RunIssued>(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target with { Ip = "10.0.0.2" }, Now, [])))).PendingRevocations);

    [Fact]
    public void One_that_drops_the_run_hears_of_it_before_it_is_revoked()
    {
        Assert.Equal([Older, Held], Assert.IsType<RunIssued>(Assert.Single(ReportsOn(new DeliveryInput.Cancel([])))).PendingRevocations);
        Assert.Empty(ReportsOn(new DeliveryInput.Cancel([Held, Older])));
    }

    [Fact]
    public void It_is_then_in_the_ledger_and_not_sent_back()
    {
        var ledger = RunLedger.Empty.Apply(new Added(Target, Now, "7"));
        var heard = ledger.Handle(new LedgerInput.Reported(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target, Now, [])))), Now);
        Assert.Equal([Older, Held], heard.State.Find(Target.Run)!.PendingRevocations);
        Assert.Empty(heard.Commands);
    }

    private static ImmutableList<IRunReport> ReportsOn(DeliveryInput input) =>
        [.. Pushing.Handle(input, Now, 0).Effects.OfType<DeliveryEffect.Report>().Select(report => report.Message)];
}
