using AkkaVault.Controller.Cluster.LocalHealth;

namespace AkkaVault.Actors.Tests.Cluster.LocalHealth;

public class LongestPauseTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static LongestPause Observed(LongestPause longest, TimeSpan from, params TimeSpan[] gaps)
    {
        foreach (var gap in gaps)
        {
            longest = longest.Observe(from, from + gap);
            from += gap;
        }

        return longest;
    }

    [Fact]
    public void The_first_observation_ends_no_pause() => Assert.Equal(TimeSpan.Zero, new LongestPause().Observe(null, TimeSpan.FromHours(1)).Length);

    [Fact]
    public void The_longest_counts_whatever_shorter_ones_follow()
    {
        var pause = TimeSpan.FromSeconds(4.6);
        Assert.Equal(pause, Observed(new LongestPause(), TimeSpan.FromHours(1), Tick, pause, Tick, Tick * 10, Tick).Length);
    }

    [Fact]
    public void What_was_long_ago_is_forgotten()
    {
        var ticks = Enumerable.Repeat(Tick, (int)(LongestPause.Window / Tick) + 1).ToArray();
        Assert.Equal(TimeSpan.FromSeconds(4), Observed(new LongestPause(), TimeSpan.FromHours(1), [TimeSpan.FromSeconds(4), .. ticks[..^1]]).Length);
        Assert.Equal(Tick, Observed(new LongestPause(), TimeSpan.FromHours(1), [TimeSpan.FromSeconds(4), .. ticks]).Length);
    }
}
