using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Simulators.Tests.Chaos;

/// <summary>The effects that are computed from faults and pods.</summary>
public sealed class DisturbanceTests
{
    private static readonly DateTimeOffset s_begin = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Time_in_which_no_pod_waited_is_not_without_service()
    {
        // No pod came for eight seconds after the fault.
        var one = Assert.Single(Of([0], (8, 8.1)));
        Assert.Equal((0.1, 0.1), Seconds(one));
    }

    [Fact]
    public void A_pod_that_waited_before_the_fault_waits_because_of_it_from_the_fault_on() =>
        Assert.Equal((2, 2), Seconds(Assert.Single(Of([5], (4, 7)))));

    [Fact]
    public void Service_goes_on_while_others_are_served_though_one_waits_long() =>
        Assert.Equal((1, 4), Seconds(Assert.Single(Of([0], (0, 1), (0, 2), (0, 3), (0, 4)))));

    [Fact]
    public void Pods_served_before_a_fault_or_come_after_the_next_are_not_its_own()
    {
        var both = Of([10, 20], (1, 9), (11, 11.5), (21, 24));
        Assert.Equal([(0.5, 0.5), (3, 3)], both.Select(Seconds));
    }

    [Fact]
    public void What_a_pod_waits_after_the_next_fault_is_the_next_ones()
    {
        var both = Of([10, 20], (11, 18), (19, 24), (12, 26));
        Assert.Equal([(7, 8), (4, 6)], both.Select(Seconds));
    }

    [Fact]
    public void A_fault_that_no_pod_met_meant_nothing() => Assert.Equal((0, 0), Seconds(Assert.Single(Of([3]))));

    private static IReadOnlyList<Disturbance> Of(double[] faults, params (double Start, double End)[] pods) => Disturbance.Of(
        [.. faults.Select(at => new Fault(FaultKind.Killed, 0, true, At(at), null))], pods.Select(pod => (At(pod.Start), At(pod.End))));

    private static DateTimeOffset At(double seconds) => s_begin + TimeSpan.FromSeconds(seconds);

    private static (double WithoutService, double LongestWait) Seconds(Disturbance one) => (one.WithoutService.TotalSeconds, one.LongestWait.TotalSeconds);
}
