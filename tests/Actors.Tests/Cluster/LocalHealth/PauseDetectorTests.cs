using AkkaVault.Controller.Cluster.LocalHealth;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.LocalHealth;

public class PauseDetectorTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static PauseDetector Looking(PauseDetector attention, ref TimeSpan now, TimeSpan span, TimeSpan every)
    {
        for (var end = now + span; now < end; now += every) attention = attention.Observe(now);
        return attention;
    }

    [Fact]
    public void Who_looks_all_the_time_judges()
    {
        var now = TimeSpan.FromHours(1);
        Assert.True(new PauseDetector().Observe(now).IsReliable);
        Assert.True(Looking(new PauseDetector(), ref now, TimeSpan.FromSeconds(5), Tick).IsReliable);
    }

    [Fact]
    public void Who_was_held_judges_when_the_others_had_time_to_be_heard()
    {
        var now = TimeSpan.Zero;
        var attention = Looking(new PauseDetector(), ref now, TimeSpan.FromSeconds(1), Tick);
        now += TimeSpan.FromMinutes(1);
        attention = attention.Observe(now);
        Assert.False(attention.IsReliable);
        now += Tick;
        attention = Looking(attention, ref now, PauseDetector.RecoveryTime - Tick - Tick, Tick);
        Assert.False(attention.IsReliable);
        Assert.True(Looking(attention, ref now, Tick * 3, Tick).IsReliable);
    }

    [Fact]
    public void Who_is_held_again_and_again_judges_in_the_end()
    {
        var now = TimeSpan.Zero;
        var attention = Looking(new PauseDetector(), ref now, PauseDetector.MaxUnreliable - PauseDetector.RecoveryTime, PauseDetector.PauseThreshold);
        Assert.False(attention.IsReliable);
        Assert.True(Looking(attention, ref now, PauseDetector.RecoveryTime * 5, PauseDetector.PauseThreshold).IsReliable);
    }

    [Property]
    public bool However_long_the_looks_take_nobody_is_blind_for_longer_than_the_longest_and_a_grace(byte[] gaps)
    {
        var (attention, now, blind) = (new PauseDetector(), TimeSpan.Zero, (TimeSpan?)null);
        foreach (var gap in gaps)
        {
            now += TimeSpan.FromMilliseconds(gap * 10);
            attention = attention.Observe(now);
            blind = attention.IsReliable ? null : blind ?? now;
            if (now - blind > PauseDetector.MaxUnreliable + PauseDetector.RecoveryTime) return false;
        }

        return true;
    }
}
