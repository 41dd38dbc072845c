using Akka.Cluster;
using AkkaVault.Controller.Hosting.Health;
using AkkaVault.Controller.Hosting.Metrics;

namespace AkkaVault.Actors.Tests.Hosting.Health;

public sealed class MembershipTests
{
    [Theory]
    [InlineData(MemberStatus.Up, false, null)]
    [InlineData(MemberStatus.Removed, false, "this controller is not in the cluster yet")]
    [InlineData(MemberStatus.Joining, false, "this controller is not in the cluster yet")]
    [InlineData(MemberStatus.WeaklyUp, false, "this controller is not in the cluster yet")]
    [InlineData(MemberStatus.Leaving, false, "this controller leaves the cluster")]
    [InlineData(MemberStatus.Exiting, false, "this controller leaves the cluster")]
    [InlineData(MemberStatus.Down, false, "the others have taken this controller out of the cluster")]
    public void It_says_whether_it_comes_or_goes(MemberStatus status, bool stops, string? problem) => Assert.Equal(problem, Membership.Problem(status, stops));

    [Fact]
    public void One_that_stops_is_never_said_to_come()
    {
        foreach (var status in Enum.GetValues<MemberStatus>()) Assert.Equal("this controller stops, and leaves the cluster", Membership.Problem(status, stops: true));
    }

    [Fact]
    public void Pods_are_watched_from_when_they_were_listed_until_the_watcher_stops()
    {
        var metrics = new ControllerMetrics(Prometheus.Metrics.NewCustomRegistry());
        metrics.WatcherStarted();
        Assert.False(metrics.Watching);
        metrics.Current();
        Assert.True(metrics.Watching);
        metrics.WatcherStopped();
        Assert.False(metrics.Watching);
    }
}
