using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>A run that is served asks for a redelivery: what its pod actor does.</summary>
public class RedeliveryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Now.AddHours(1);
    private static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", Now.AddMinutes(-1));

    private static readonly DeliveryInput.Assign First = new(Target, Now, []);
    private static readonly DeliveryInput.Assign Second = new(Target, Later, [], IsRedelivery: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void It_is_reported_when_the_run_wants_it_a_little_earlier_by_chance(double jitter)
    {
        var reported = Reported(Push(Begun(First), new PushOutcome.Succeeded(TimeSpan.FromSeconds(1000)), jitter));
        Assert.Equal((Now, Now.AddSeconds(920 + (80 * jitter))), (reported.SeenAt, reported.NextDeliveryAt));
    }

    [Fact]
    public void A_run_that_is_served_already_says_it_too() =>
        Assert.Equal(Now.AddSeconds(100), Reported(Push(Begun(First), new PushOutcome.Rejected(409, PushRejection.AlreadyServed, "", TimeSpan.FromSeconds(100)), 1)).NextDeliveryAt);

    [Fact]
    public void A_run_that_asks_for_nothing_gets_nothing_more() => Assert.Null(Reported(Push(Begun(First), new PushOutcome.Succeeded())).NextDeliveryAt);

    [Fact]
    public void What_was_reported_is_reported_again_and_does_not_move()
    {
        var delivered = Push(Begun(First), new PushOutcome.Succeeded(TimeSpan.FromSeconds(1000)), 0.5);
        Assert.Equal(Reported(delivered), Reported(delivered.State.Handle(First, Now.AddSeconds(10), 0.1)));
    }

    [Fact]
    public void A_delivery_that_was_never_acknowledged_starts_over_for_the_next_one()
    {
        var again = Push(Begun(First), new PushOutcome.Succeeded(TimeSpan.FromHours(1))).State.Handle(Second, Later, 0);
        Assert.Equal((DeliveryState.Issuing, Later, (DateTimeOffset?)null), (again.State.State, again.State.SeenAt, again.State.NextDeliveryAt));
        Assert.Empty(again.Effects.OfType<DeliveryEffect.Report>().Select(report => report.Message).OfType<RunDelivered>());
        var delivered = Push(Issued(again.State), new PushOutcome.Succeeded());
        Assert.Equal(Later, Reported(delivered).SeenAt);
        // Its first push, and what it waited for began when it was due.
        Assert.Equal(new DeliveryEffect.CountDelivered(Now - Later, Now - Later, 1, IsRedelivery: true), Assert.Single(delivered.Effects.OfType<DeliveryEffect.CountDelivered>()));
    }

    [Fact]
    public void An_assignment_of_the_earlier_delivery_that_comes_late_begins_nothing()
    {
        var delivered = Push(Begun(Second), new PushOutcome.Succeeded());
        var late = delivered.State.Handle(First, Later, 0);
        Assert.Equal((DeliveryState.Delivered, Later), (late.State.State, Reported(late).SeenAt));
    }

    [Fact]
    public void An_ack_of_the_earlier_delivery_that_comes_late_ends_nothing()
    {
        var delivered = Push(Begun(Second), new PushOutcome.Succeeded()).State;
        Assert.Empty(delivered.Handle(new DeliveryInput.Ack(Now), Later, 0).Effects);
        Assert.Contains(delivered.Handle(new DeliveryInput.Ack(Later), Later, 0).Effects, effect => effect is DeliveryEffect.Finish);
        // A leader of an earlier version says no more.
        Assert.Contains(delivered.Handle(new DeliveryInput.Ack(), Later, 0).Effects, effect => effect is DeliveryEffect.Finish);
    }

    [Fact]
    public void A_delivery_under_way_becomes_the_later_one()
    {
        var again = Begun(First).Handle(Second, Later, 0);
        Assert.Empty(again.Effects.OfType<DeliveryEffect.Issue>());
        Assert.Equal(Later, Reported(Push(again.State, new PushOutcome.Succeeded())).SeenAt);
    }

    [Fact]
    public void Where_the_ledger_was_lost_the_delivery_is_reported_as_the_one_that_is_assigned()
    {
        var delivered = Push(Begun(First), new PushOutcome.Succeeded(TimeSpan.FromSeconds(1000)), 1);
        var reported = Reported(delivered.State.Handle(new DeliveryInput.Assign(Target, Later, []), Later, 0));
        Assert.Equal((Later, Now.AddSeconds(1000)), (reported.SeenAt, reported.NextDeliveryAt));
    }

    private static RunDelivered Reported(Transition<Delivery, DeliveryEffect> transition) =>
        Assert.Single(transition.Effects.OfType<DeliveryEffect.Report>().Select(report => report.Message).OfType<RunDelivered>());

    private static Delivery Begun(DeliveryInput.Assign assign) => Issued(Delivery.Begin(assign).State);

    private static Delivery Issued(Delivery delivery)
    {
        var token = new WrappingToken("s.wrap", $"accessor-{delivery.Operation}", TimeSpan.FromMinutes(1), Now, "auth/approle/role/web/secret-id");
        return delivery.Handle(new DeliveryInput.TokenIssued(delivery.Operation, new IssuedToken(token, Now + token.Ttl)), Now, 0).State;
    }

    private static Transition<Delivery, DeliveryEffect> Push(Delivery delivery, PushOutcome outcome, double jitter = 0)
    {
        Assert.Equal(DeliveryState.Pushing, delivery.State);
        return delivery.Handle(new DeliveryInput.PushEnded(delivery.Operation, outcome), Now, jitter);
    }
}
