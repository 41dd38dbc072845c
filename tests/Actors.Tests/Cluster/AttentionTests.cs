using AkkaVault.Controller.Cluster.Downing;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster;

public class AttentionTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static Attention Looking(Attention attention, ref TimeSpan now, TimeSpan span, TimeSpan every)
    {
        for (var end = now + span; now < end; now += every) attention = attention.Look(now);
        return attention;
    }

    [Fact]
    public void Who_looks_all_the_time_judges()
    {
        var now = TimeSpan.FromHours(1);
        Assert.True(new Attention().Look(now).CanJudge);
        Assert.True(Looking(new Attention(), ref now, TimeSpan.FromSeconds(5), Tick).CanJudge);
    }

    [Fact]
    public void Who_was_held_judges_when_the_others_had_time_to_be_heard()
    {
        var now = TimeSpan.Zero;
        var attention = Looking(new Attention(), ref now, TimeSpan.FromSeconds(1), Tick);
        now += TimeSpan.FromMinutes(1);
        attention = attention.Look(now);
        Assert.False(attention.CanJudge);
        now += Tick;
        attention = Looking(attention, ref now, Attention.Grace - Tick - Tick, Tick);
        Assert.False(attention.CanJudge);
        Assert.True(Looking(attention, ref now, Tick * 3, Tick).CanJudge);
    }

    [Fact]
    public void Who_is_held_again_and_again_judges_in_the_end()
    {
        var now = TimeSpan.Zero;
        var attention = Looking(new Attention(), ref now, Attention.Longest - Attention.Grace, Attention.Held);
        Assert.False(attention.CanJudge);
        Assert.True(Looking(attention, ref now, Attention.Grace * 5, Attention.Held).CanJudge);
    }

    [Property]
    public bool However_long_the_looks_take_nobody_is_blind_for_longer_than_the_longest_and_a_grace(byte[] gaps)
    {
        var (attention, now, blind) = (new Attention(), TimeSpan.Zero, (TimeSpan?)null);
        foreach (var gap in gaps)
        {
            now += TimeSpan.FromMilliseconds(gap * 10);
            attention = attention.Look(now);
            blind = attention.CanJudge ? null : blind ?? now;
            if (now - blind > Attention.Longest + Attention.Grace) return false;
        }

        return true;
    }
}
