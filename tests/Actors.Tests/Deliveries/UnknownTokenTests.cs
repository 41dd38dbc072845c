using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>
/// A leader died before it stored a reported token. The next leader's commands do not name the token, so the pod actor must report it again.
/// </summary>
public class UnknownTokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", Now);
    private static readonly PendingRevocation Held = new("held", Now.AddMinutes(1));
    private static readonly PendingRevocation Older = new("older", Now.AddMinutes(1));
    private static readonly Delivery Pushing = Delivery.Begin(new DeliveryInput.Assign(Target, Now, [Older])).State
        .Handle(new DeliveryInput.TokenIssued(1, new IssuedToken(new WrappingToken("s.wrap", Held.Accessor, TimeSpan.FromMinutes(1), Now, "auth/approle/role/web/secret-id"), Held.Expires)), Now, 0).State;

    [Fact]
    public void A_leader_that_knows_all_tokens_gets_a_report_of_progress() =>
        Assert.IsType<RunProgressed>(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target, Now, [Older, Held]))));

    [Fact]
    public void A_leader_that_does_not_know_the_token_in_use_gets_a_report_of_it() => Assert.Equal(
        [Older, Held], Assert.IsType<RunIssued>(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target, Now, [Older])))).PendingRevocations);

    [Fact]
    public void A_leader_that_does_not_know_a_token_that_is_being_revoked_gets_a_report_of_it() => Assert.Equal(
        [Older, Held], Assert.IsType<RunIssued>(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target, Now, [Held])))).PendingRevocations);

    [Fact]
    public void A_leader_that_starts_the_run_over_gets_a_report_of_it() => Assert.Equal(
        [Older, Held], Assert.IsType<RunIssued>(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target with { Ip = "10.0.0.2" }, Now, [])))).PendingRevocations);

    [Fact]
    public void A_leader_that_cancels_the_run_gets_a_report_of_it_before_it_is_revoked()
    {
        Assert.Equal([Older, Held], Assert.IsType<RunIssued>(Assert.Single(ReportsOn(new DeliveryInput.Cancel([])))).PendingRevocations);
        Assert.Empty(ReportsOn(new DeliveryInput.Cancel([Held, Older])));
    }

    [Fact]
    public void The_token_is_then_in_the_ledger_and_not_sent_back()
    {
        var ledger = RunLedger.Empty.Apply(new Added(Target, Now, "7"));
        var heard = ledger.Handle(new LedgerInput.Reported(Assert.Single(ReportsOn(new DeliveryInput.Assign(Target, Now, [])))), Now);
        Assert.Equal([Older, Held], heard.State.Find(Target.Run)!.PendingRevocations);
        Assert.Empty(heard.Commands);
    }

    private static ImmutableList<IRunReport> ReportsOn(DeliveryInput input) =>
        [.. Pushing.Handle(input, Now, 0).Effects.OfType<DeliveryEffect.Report>().Select(report => report.Message)];
}
