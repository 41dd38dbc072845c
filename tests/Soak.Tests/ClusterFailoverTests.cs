using System.Diagnostics;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>Several controller processes, one of which is killed, suspended or stopped.</summary>
[Collection(AloneCollection.Name)]
[Trait("Category", "Alone")]
public sealed class ClusterFailoverTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    [Fact]
    public async Task When_the_leader_is_killed_the_next_pod_is_served_by_another_and_started_again_it_comes_back()
    {
        await StartAsync();
        for (var round = 0; round < 5; round++)
        {
            await ServeAsync();
            var leader = await LeaderAsync();
            var clock = Stopwatch.StartNew();
            Cluster.Controllers[leader].Process.Kill();
            await ServeAsync();
            AssertWithin(SoonAfterAnEnd, clock.Elapsed, $"leader killed, round {round}: the next pod was served");
            await Cluster.Controllers.StartAsync(leader);
            await OneClusterAsync();
            Assert.NotEqual(leader, await LeaderAsync());
        }
    }

    [Fact]
    public async Task When_the_leader_hangs_the_majority_goes_on_and_it_ends_when_it_wakes_up()
    {
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        var clock = Stopwatch.StartNew();
        // The port of a suspended process still accepts connections. The same is true behind a partition.
        await SignalAsync("STOP", leader);
        await ServeAsync();
        AssertWithin(SoonAfterASilence, clock.Elapsed, "leader hangs: the next pod was served");
        await SignalAsync("CONT", leader);
        Assert.Equal(1, await Cluster.Controllers[leader].Process.ExitAsync().EndsAsync());
        Assert.Contains(Cluster.Controllers[leader].Process.Output, line => line.Contains("the others have taken it out of the cluster; it was paused for ", StringComparison.Ordinal));
        var ends = new ControllerEnds(Cluster.Controllers, Output.WriteLine);
        await ends.LookAsync(null);
        Assert.Equal((0, 1, 0), (ends.FalseDownings, ends.HeldDownings, ends.Crashes));
        await OneClusterAsync();
        await ServeAsync();
    }

    [Fact]
    public async Task When_another_than_the_leader_is_killed_every_pod_of_a_storm_is_served_once()
    {
        await StartAsync();
        var other = (await LeaderAsync() + 1) % 3;
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < 40; i++) pods.Add(await RunAsync());
        await Eventually.TrueAsync(() => pods.Count(pod => pod.ServedAt is not null) > 2, "the storm is on");
        var killed = DateTimeOffset.UtcNow;
        await Cluster.Controllers.KillAsync(other);
        await ServedOnceAsync(pods);
        AssertWithin(SoonAfterAnEnd, (pods.Max(pod => pod.ServedAt) - killed)!.Value, "another than the leader killed: the last of the pods was served");
    }

    [Fact]
    public async Task When_the_leader_is_asked_to_stop_while_pods_arrive_all_are_served_once_and_none_waits_for_it()
    {
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        var pods = new List<SimulatedPod>();
        Task<int>? stopping = null;
        for (var i = 0; i < 60; i++)
        {
            if (i == 20) stopping = Cluster.Controllers[leader].StopAsync();
            pods.Add(await RunAsync());
            await Task.Delay(20);
        }

        Assert.Equal(0, await stopping!);
        await ServedOnceAsync(pods);
        AssertWithin(SoonAfterAnEnd, LongestWait(pods), "leader asked to stop: the pod that waited longest was served");
        Assert.NotEqual(leader, await LeaderAsync());
    }

    [Fact]
    public async Task One_that_is_killed_and_started_at_once_under_its_address_replaces_its_old_incarnation()
    {
        await StartAsync();
        var leader = await LeaderAsync();
        var clock = Stopwatch.StartNew();
        await Cluster.Controllers.KillAsync(leader);
        await Cluster.Controllers.StartAsync(leader);
        await ServeAsync();
        AssertWithin(SoonAfterAnEnd, clock.Elapsed, "leader killed and started at once: the next pod was served");
        await OneClusterAsync();
    }

    [Fact]
    public async Task Restarted_one_after_the_other_while_pods_arrive_they_stay_one_cluster_and_serve_all_once()
    {
        await StartAsync();
        using var enough = new CancellationTokenSource();
        var arriving = ArriveAsync(TimeSpan.FromMilliseconds(200), enough.Token);
        for (var index = 0; index < 3; index++)
        {
            Assert.Equal(0, await Cluster.Controllers[index].StopAsync());
            await Cluster.Controllers.StartAsync(index);
            await OneClusterAsync();
        }

        await enough.CancelAsync();
        var pods = await arriving;
        await ServedOnceAsync(pods);
        AssertWithin(SoonAfterAnEnd, LongestWait(pods), "restarted one after the other: the pod that waited longest was served");
    }
}
