using AkkaVault.Controller.Cluster.LocalHealth;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.LocalHealth;

public class PauseDetectorTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static PauseDetector Observed(PauseDetector detector, ref TimeSpan now, TimeSpan span, TimeSpan every)
    {
        for (var end = now + span; now < end; now += every) detector = detector.Observe(now);
        return detector;
    }

    [Fact]
    public void A_process_that_runs_without_a_pause_is_reliable()
    {
        var now = TimeSpan.FromHours(1);
        Assert.True(new PauseDetector().Observe(now).IsReliable);
        Assert.True(Observed(new PauseDetector(), ref now, TimeSpan.FromSeconds(5), Tick).IsReliable);
    }

    [Fact]
    public void A_process_that_was_paused_is_reliable_again_after_the_recovery_time()
    {
        var now = TimeSpan.Zero;
        var detector = Observed(new PauseDetector(), ref now, TimeSpan.FromSeconds(1), Tick);
        now += TimeSpan.FromMinutes(1);
        detector = detector.Observe(now);
        Assert.False(detector.IsReliable);
        now += Tick;
        detector = Observed(detector, ref now, PauseDetector.RecoveryTime - Tick - Tick, Tick);
        Assert.False(detector.IsReliable);
        Assert.True(Observed(detector, ref now, Tick * 3, Tick).IsReliable);
    }

    [Fact]
    public void A_process_with_one_pause_after_another_is_reliable_in_the_end()
    {
        var now = TimeSpan.Zero;
        var detector = Observed(new PauseDetector(), ref now, PauseDetector.MaxUnreliable - PauseDetector.RecoveryTime, PauseDetector.PauseThreshold);
        Assert.False(detector.IsReliable);
        Assert.True(Observed(detector, ref now, PauseDetector.RecoveryTime * 5, PauseDetector.PauseThreshold).IsReliable);
    }

    [Property]
    public bool However_long_the_pauses_are_no_process_is_unreliable_for_longer_than_the_maximum_and_the_recovery_time(byte[] gaps)
    {
        var (detector, now, unreliableSince) = (new PauseDetector(), TimeSpan.Zero, (TimeSpan?)null);
        foreach (var gap in gaps)
        {
            now += TimeSpan.FromMilliseconds(gap * 10);
            detector = detector.Observe(now);
            unreliableSince = detector.IsReliable ? null : unreliableSince ?? now;
            if (now - unreliableSince > PauseDetector.MaxUnreliable + PauseDetector.RecoveryTime) return false;
        }

        return true;
    }
}
