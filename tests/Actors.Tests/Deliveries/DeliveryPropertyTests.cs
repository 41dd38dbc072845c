using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Deliveries;

public class DeliveryPropertyTests
{
    /// <summary>Random interleavings of pod events, Vault errors, push results, lost messages, restarts, redeliveries, thefts, and nodes that are cut off.</summary>
    [Property(MaxTest = 1500)]
    public void No_run_is_served_unasked_none_is_forgotten_no_known_token_stays_alive_and_no_theft_is_reported_that_was_none(DoNotSize<int> seed, byte steps)
    {
        var world = new DeliveryWorld(seed.Item);
        world.Live(steps * 2);
        Assert.Empty(world.Violations);
    }

    /// <summary>The answer to a push came after its delivery was cancelled and finished, while the next delivery of the run pushed another token.</summary>
    [Fact]
    public void An_answer_to_an_earlier_delivery_is_no_answer_to_the_next()
    {
        var world = new DeliveryWorld(200430440);
        world.Live(238);
        Assert.Empty(world.Violations);
    }

    [Fact]
    public void Runs_get_another_secret_when_they_ask() => Assert.InRange(Enumerable.Range(0, 200).Sum(seed =>
    {
        var world = new DeliveryWorld(seed);
        world.Live(300);
        Assert.Empty(world.Violations);
        return world.Redeliveries;
    }), 100, int.MaxValue);

    [Fact]
    public void Thefts_are_reported() => Assert.InRange(Enumerable.Range(0, 2000).Sum(seed =>
    {
        var world = new DeliveryWorld(seed);
        world.Live(300);
        Assert.Empty(world.Violations);
        return world.ReportedThefts;
    }), 1, int.MaxValue);
}
