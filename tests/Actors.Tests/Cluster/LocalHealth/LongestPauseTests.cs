using AkkaVault.Controller.Cluster.LocalHealth;

namespace AkkaVault.Actors.Tests.Cluster.LocalHealth;

public class LongestPauseTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static LongestPause Looking(LongestPause hold, TimeSpan from, params TimeSpan[] gaps)
    {
        foreach (var gap in gaps)
        {
            hold = hold.Observe(from, from + gap);
            from += gap;
        }

        return hold;
    }

    [Fact]
    public void The_first_look_is_the_end_of_no_hold() => Assert.Equal(TimeSpan.Zero, new LongestPause().Observe(null, TimeSpan.FromHours(1)).Length);

    [Fact]
    public void The_longest_counts_whatever_shorter_ones_follow()
    {
        var held = TimeSpan.FromSeconds(4.6);
        Assert.Equal(held, Looking(new LongestPause(), TimeSpan.FromHours(1), Tick, held, Tick, Tick * 10, Tick).Length);
    }

    [Fact]
    public void What_was_long_ago_is_forgotten()
    {
        var ticks = Enumerable.Repeat(Tick, (int)(LongestPause.Window / Tick) + 1).ToArray();
        Assert.Equal(TimeSpan.FromSeconds(4), Looking(new LongestPause(), TimeSpan.FromHours(1), [TimeSpan.FromSeconds(4), .. ticks[..^1]]).Length);
        Assert.Equal(Tick, Looking(new LongestPause(), TimeSpan.FromHours(1), [TimeSpan.FromSeconds(4), .. ticks]).Length);
    }
}
