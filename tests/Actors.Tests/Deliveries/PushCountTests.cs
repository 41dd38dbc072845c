using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>How many pushes a run needed.</summary>
public class PushCountTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryTarget s_target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", s_now);

    [Fact]
    public void A_push_that_succeeds_at_once_is_the_only_one() => Assert.Equal(1, PushesAfter());

    [Fact]
    public void Every_push_counts_with_any_token() => Assert.Equal(
        5,
        PushesAfter(
            new PushOutcome.NotListening("refused"), new PushOutcome.NoAnswer("timeout"),
            new PushOutcome.Rejected(502, PushRejection.LoginFailed), new PushOutcome.Rejected(503, PushRejection.VaultUnavailable)));

    [Fact]
    public void A_push_to_the_address_that_the_pod_had_before_counts()
    {
        var delivery = Issue(Delivery.Begin(new DeliveryInput.Assign(s_target, s_now, [])).State);
        delivery = Issue(delivery.Handle(new DeliveryInput.Assign(s_target with { Ip = "10.0.0.2" }, s_now, []), s_now, 0).State);
        Assert.Equal(2, Deliver(delivery));
    }

    /// <summary>One failure has one reason, in the metric as in events and <c>/pods</c>.</summary>
    [Fact]
    public void A_failed_push_is_counted_with_the_code_of_its_problem()
    {
        foreach (var (failure, code) in ((PushOutcome, string)[])[
            (new PushOutcome.NotListening("refused"), ProblemCode.NotListening), (new PushOutcome.NotListening("no route", ProblemCode.NoAnswer), ProblemCode.NoAnswer),
            (new PushOutcome.NoAnswer("timeout"), ProblemCode.NoAnswer), (new PushOutcome.NoAnswer("no TLS", ProblemCode.NotTls), ProblemCode.NotTls)])
        {
            var delivery = Issue(Delivery.Begin(new DeliveryInput.Assign(s_target, s_now, [])).State);
            var (failed, effects) = delivery.Handle(new DeliveryInput.PushEnded(delivery.Operation, failure), s_now, 0);
            Assert.Equal((code, code), (Assert.Single(effects.OfType<DeliveryEffect.CountPushFailure>()).Code, failed.Warnings.Last?.Code));
        }
    }

    private static int PushesAfter(params PushOutcome[] failures)
    {
        var delivery = Issue(Delivery.Begin(new DeliveryInput.Assign(s_target, s_now, [])).State);
        foreach (var failure in failures)
        {
            delivery = delivery.Handle(new DeliveryInput.PushEnded(delivery.Operation, failure), s_now, 0).State;
            delivery = delivery.Handle(new DeliveryInput.RetryDue(delivery.Operation), s_now, 0).State;
            if (delivery.State == DeliveryState.Issuing) delivery = Issue(delivery);
        }

        return Deliver(delivery);
    }

    private static int Deliver(Delivery delivery)
    {
        Assert.Equal(DeliveryState.Pushing, delivery.State);
        var step = delivery.Handle(new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.Succeeded()), s_now, 0);
        return Assert.Single(step.Effects.OfType<DeliveryEffect.CountDelivered>()).Pushes;
    }

    private static Delivery Issue(Delivery delivery)
    {
        var token = new WrappingToken("s.wrap", $"accessor-{delivery.Operation}", TimeSpan.FromMinutes(1), s_now, "auth/approle/role/web/secret-id");
        return delivery.Handle(new DeliveryInput.TokenIssued(delivery.Operation, new IssuedToken(token, s_now + token.Ttl)), s_now, 0).State;
    }
}
