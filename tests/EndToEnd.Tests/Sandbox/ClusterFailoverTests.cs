using System.Diagnostics;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Kubernetes;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Several controller processes of which one dies, hangs, or is asked to stop.</summary>
public sealed class ClusterFailoverTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    [Fact]
    public async Task When_the_leader_is_killed_the_next_pod_is_served_by_another_and_started_again_it_comes_back()
    {
        await StartAsync();
        var times = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            await ServeAsync();
            var leader = await LeaderAsync();
            var clock = Stopwatch.StartNew();
            Cluster.Controllers[leader].Process.Kill();
            await ServeAsync();
            times.Add(clock.Elapsed.TotalSeconds);
            await Cluster.Controllers.StartAsync(leader);
            await OneClusterAsync();
            Assert.NotEqual(leader, await LeaderAsync());
        }

        Output.WriteLine($"leader killed: next pod served after {string.Join(", ", times.Select(time => $"{time:F2}"))} s; median {times.Order().ElementAt(times.Count / 2):F2} s");
    }

    [Fact]
    public async Task When_the_leader_hangs_the_majority_goes_on_and_it_ends_when_it_wakes_up()
    {
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        var clock = Stopwatch.StartNew();
        // Its port still takes connections, as behind a partition none is refused.
        await SignalAsync("STOP", leader);
        await ServeAsync();
        Output.WriteLine($"leader hangs: next pod served after {clock.Elapsed.TotalSeconds:F2} s");
        await SignalAsync("CONT", leader);
        Assert.Equal(1, await Cluster.Controllers[leader].Process.ExitAsync().EndsAsync());
        Assert.Contains(Cluster.Controllers[leader].Process.Output, line => line.Contains("the others have taken it out of the cluster; it was held for ", StringComparison.Ordinal));
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
        Output.WriteLine($"another than the leader killed: the last of the pods served {(pods.Max(pod => pod.ServedAt) - killed)!.Value.TotalSeconds:F2} s after it");
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
        Output.WriteLine($"leader asked to stop: the pod that waited longest, {pods.Max(pod => (pod.ServedAt - pod.StartedAt)!.Value.TotalSeconds):F2} s");
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
        Output.WriteLine($"leader killed and started at once: next pod served after {clock.Elapsed.TotalSeconds:F2} s");
        await OneClusterAsync();
        Output.WriteLine($"leader killed and started at once: all members after {clock.Elapsed.TotalSeconds:F2} s");
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
        Output.WriteLine($"restarted one after the other: {pods.Count} pods, the one that waited longest {pods.Max(pod => (pod.ServedAt - pod.StartedAt)!.Value.TotalSeconds):F2} s");
    }

    [Fact]
    public async Task Whichever_is_killed_and_started_again_while_pods_arrive_all_are_served_once_and_one_cluster_is_left()
    {
        var random = new Random(20261124);
        await StartAsync();
        using var enough = new CancellationTokenSource();
        var arriving = ArriveAsync(TimeSpan.FromMilliseconds(150), enough.Token);
        for (var round = 0; round < 8; round++)
        {
            var victim = random.Next(3);
            await Cluster.Controllers.KillAsync(victim);
            await Task.Delay(random.Next(3000), Deadline);
            await Cluster.Controllers.StartAsync(victim);
            // The others are not to be a minority when the next is killed; more is not waited for.
            await Eventually.TrueAsync(() => MembersAsync(victim), members => members?.Up.Count == 3, "it is back");
        }

        await enough.CancelAsync();
        var pods = await arriving;
        await ServedOnceAsync(pods);
        await OneClusterAsync();
        Output.WriteLine($"killed in turn: {pods.Count} pods, the one that waited longest {pods.Max(pod => (pod.ServedAt - pod.StartedAt)!.Value.TotalSeconds):F2} s");
    }
}
