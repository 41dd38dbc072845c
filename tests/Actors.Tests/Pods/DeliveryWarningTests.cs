using AkkaVault.Controller.Pods;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Pods;

/// <summary>When a person is told that a pod has no secret.</summary>
public class DeliveryWarningTests
{
    private static readonly DeliveryTarget s_target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", default);

    [Fact]
    public void What_is_permanent_is_told_at_once_and_the_same_words_only_once() =>
        Assert.Equal([1, 0, 0], WarningsOf(VaultFailure.Permanent, 3));

    [Fact]
    public void What_may_pass_is_told_when_it_has_not_passed_after_six_tries() =>
        Assert.Equal([0, 0, 0, 0, 0, 1, 0, 0], WarningsOf(VaultFailure.Transient, 8));

    [Fact]
    public void Retry_After_is_followed_up_to_a_minute()
    {
        var delivery = Delivery.Begin(new DeliveryInput.Drive(s_target, default, [])).Delivery;
        foreach (var (asked, waited) in new[] { (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)), (TimeSpan.FromDays(1), TimeSpan.FromMinutes(1)) })
        {
            var step = delivery.On(new DeliveryInput.IssueFailed(delivery.Operation, VaultFailure.Throttled, asked, "429"), default, 0);
            Assert.Equal(waited, Assert.Single(step.Effects.OfType<DeliveryEffect.Wait>()).Delay);
        }
    }

    private static IEnumerable<int> WarningsOf(VaultFailure failure, int times)
    {
        var delivery = Delivery.Begin(new DeliveryInput.Drive(s_target, default, [])).Delivery;
        for (var i = 0; i < times; i++)
        {
            var failed = delivery.On(new DeliveryInput.IssueFailed(delivery.Operation, failure, null, "the same words"), default, 0);
            yield return failed.Effects.OfType<DeliveryEffect.Warn>().Count();
            delivery = failed.Delivery.On(new DeliveryInput.WaitOver(failed.Delivery.Operation), default, 0).Delivery;
        }
    }
}
