using AkkaVault.InitContainer.Sidecar;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>When a sidecar asks for another secret, and from when on it takes it.</summary>
public class NextDeliveryTests
{
    [Theory]
    [InlineData(0, 600)]
    [InlineData(1, 666)]
    public void It_is_asked_for_between_60_and_67_percent_of_what_the_token_can_live(double jitter, int seconds)
    {
        var asked = TimeSpan.FromSeconds(5);
        var next = NextDelivery.Before(TimeSpan.Zero, TimeSpan.FromSeconds(1000), asked, jitter);
        Assert.Equal(seconds - 5, next.SecondsLeft(asked));
        Assert.Equal(TimeSpan.FromSeconds(seconds), next.At);
    }

    [Fact]
    public void It_is_taken_from_a_tenth_of_the_interval_earlier_on()
    {
        var next = new NextDelivery(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(100));
        Assert.False(next.Takes(TimeSpan.FromSeconds(96.9)));
        Assert.True(next.Takes(TimeSpan.FromSeconds(97)));
        Assert.True(next.Takes(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void A_token_that_hardly_lives_asks_for_a_second_at_least() =>
        Assert.Equal(1, NextDelivery.Before(TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), 0).SecondsLeft(TimeSpan.FromSeconds(3)));

    /// <summary>
    /// A controller that is told the seconds, at once or at any later moment, may come up to a tenth of them earlier: it is never too
    /// early, and so it is asked for once.
    /// </summary>
    [Property(MaxTest = 500)]
    public Property Whoever_comes_a_tenth_earlier_than_it_was_told_is_taken() => Prop.ForAll(ArbMap.Default.ArbFor<DoNotSize<int>>(), seed =>
    {
        var random = new Random(seed.Item);
        var next = NextDelivery.Before(TimeSpan.Zero, TimeSpan.FromSeconds(random.Next(10, 1_000_000)), TimeSpan.FromSeconds(random.NextDouble()), random.NextDouble());
        var told = next.AskedAt + (next.Interval * 0.9 * random.NextDouble());
        return next.Takes(told + TimeSpan.FromSeconds(next.SecondsLeft(told) * (0.9 + (0.1 * random.NextDouble()))));
    });
}
