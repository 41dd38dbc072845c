using AkkaVault.Controller.Cluster.Downing;

namespace AkkaVault.Actors.Tests.Cluster;

public class HoldTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static Hold Looking(Hold hold, TimeSpan from, params TimeSpan[] gaps)
    {
        foreach (var gap in gaps)
        {
            hold = hold.Look(from, from + gap);
            from += gap;
        }

        return hold;
    }

    [Fact]
    public void The_first_look_is_the_end_of_no_hold() => Assert.Equal(TimeSpan.Zero, new Hold().Look(null, TimeSpan.FromHours(1)).Length);

    [Fact]
    public void The_longest_counts_whatever_shorter_ones_follow()
    {
        var held = TimeSpan.FromSeconds(4.6);
        Assert.Equal(held, Looking(new Hold(), TimeSpan.FromHours(1), Tick, held, Tick, Tick * 10, Tick).Length);
    }

    [Fact]
    public void What_was_long_ago_is_forgotten()
    {
        var ticks = Enumerable.Repeat(Tick, (int)(Hold.Lately / Tick) + 1).ToArray();
        Assert.Equal(TimeSpan.FromSeconds(4), Looking(new Hold(), TimeSpan.FromHours(1), [TimeSpan.FromSeconds(4), .. ticks[..^1]]).Length);
        Assert.Equal(Tick, Looking(new Hold(), TimeSpan.FromHours(1), [TimeSpan.FromSeconds(4), .. ticks]).Length);
    }
}
