using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>Which pushes are likely to take long, and get their own slots.</summary>
public class StalledPushTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", Now);
    private static readonly PushOutcome NoAnswer = new PushOutcome.NoAnswer("timeout");
    private static readonly PushOutcome Refused = new PushOutcome.NotListening("refused");
    private static readonly PushOutcome NoVault = new PushOutcome.Rejected(503, PushRejection.VaultUnavailable);

    [Fact]
    public void The_first_push_and_pushes_after_a_refused_connection_are_not_stalled() => Assert.Equal([false, false, false], PushesAfter(Refused, Refused));

    [Fact]
    public void A_push_after_no_answer_or_while_Vault_is_away_is_stalled_with_any_token() => Assert.Equal(
        [false, true, true, true, true], PushesAfter(NoAnswer, NoVault, new PushOutcome.TooLate(), NoAnswer));

    [Fact]
    public void A_push_after_an_immediate_answer_is_no_longer_stalled() => Assert.Equal(
        [false, true, false, true, false], PushesAfter(NoVault, Refused, NoAnswer, new PushOutcome.Rejected(502, PushRejection.LoginRefused)));

    [Fact]
    public void A_push_to_another_address_is_not_stalled()
    {
        var stalled = Assert.Single(Issue(Delivery.Begin(new DeliveryInput.Assign(Target, Now, [])).State).State
            .Handle(new DeliveryInput.PushEnded(2, NoAnswer), Now, 0).State
            .Handle(new DeliveryInput.RetryDue(3), Now, 0).Effects.OfType<DeliveryEffect.Push>());
        Assert.True(stalled.Stalled);
        var moved = Issue(Delivery.Begin(new DeliveryInput.Assign(Target, Now, [])).State).State
            .Handle(new DeliveryInput.PushEnded(2, NoAnswer), Now, 0).State
            .Handle(new DeliveryInput.Assign(Target with { Ip = "10.0.0.2" }, Now, []), Now, 0).State;
        Assert.False(Assert.Single(Issue(moved).Effects.OfType<DeliveryEffect.Push>()).Stalled);
    }

    private static IEnumerable<bool> PushesAfter(params PushOutcome[] outcomes)
    {
        var step = Issue(Delivery.Begin(new DeliveryInput.Assign(Target, Now, [])).State);
        yield return Assert.Single(step.Effects.OfType<DeliveryEffect.Push>()).Stalled;
        foreach (var outcome in outcomes)
        {
            step = step.State.Handle(new DeliveryInput.PushEnded(step.State.Operation, outcome), Now, 0);
            if (step.State.State == DeliveryState.Waiting) step = step.State.Handle(new DeliveryInput.RetryDue(step.State.Operation), Now, 0);
            if (step.State.State == DeliveryState.Issuing) step = Issue(step.State);
            yield return Assert.Single(step.Effects.OfType<DeliveryEffect.Push>()).Stalled;
        }
    }

    private static Transition<Delivery, DeliveryEffect> Issue(Delivery delivery)
    {
        var token = new WrappingToken("s.wrap", $"accessor-{delivery.Operation}", TimeSpan.FromMinutes(1), Now, "auth/approle/role/web/secret-id");
        return delivery.Handle(new DeliveryInput.TokenIssued(delivery.Operation, new IssuedToken(token, Now + token.Ttl)), Now, 0);
    }
}
