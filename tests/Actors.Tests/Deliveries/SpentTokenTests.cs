using System.Reflection;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>After which rejections the controller issues another wrapping token, and after which one it suspects a theft.</summary>
public class SpentTokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryTarget Target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", Now);
    private static readonly Delivery Pushing = Delivery.Begin(new DeliveryInput.Assign(Target, Now, [])).State
        .Handle(new DeliveryInput.TokenIssued(1, new IssuedToken(new WrappingToken("s.wrap", "held", TimeSpan.FromMinutes(1), Now, "auth/approle/role/web/secret-id"), Now.AddMinutes(1))), Now, 0).State;

    public static TheoryData<string> Reasons => [.. typeof(PushRejection).GetFields(BindingFlags.Public | BindingFlags.Static).Select(reason => (string)reason.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_token_that_may_be_used_or_cannot_be_is_revoked_and_not_pushed_again(string reason)
    {
        var again = reason is PushRejection.UndecodablePush or PushRejection.BodyTooLarge or PushRejection.BodyTooSlow or PushRejection.VaultUnavailable
            or PushRejection.NotFound or PushRejection.MethodNotAllowed;
        var rejected = Pushing.Handle(new DeliveryInput.PushEnded(Pushing.Operation, new PushOutcome.Rejected(500, reason)), Now, 0);
        Assert.Equal(again, rejected.State.Tokens.InUse is not null);
        Assert.Equal(!again, rejected.Effects.Contains(new DeliveryEffect.Revoke("held")));
        Assert.Equal(reason == PushRejection.WrappingTokenInvalid, rejected.State.SuspectedThefts.All.Count == 1);
    }

    [Theory]
    [InlineData(PushRejection.VaultNotExpected)]
    [InlineData(PushRejection.InternalError)]
    public void Of_what_only_a_person_can_mend_a_person_is_warned(string reason) => Assert.Contains(
        $"({reason})", Assert.Single(Pushing.Handle(new DeliveryInput.PushEnded(Pushing.Operation, new PushOutcome.Rejected(500, reason)), Now, 0).Effects.OfType<DeliveryEffect.Warn>()).Problem.Text, StringComparison.Ordinal);
}
