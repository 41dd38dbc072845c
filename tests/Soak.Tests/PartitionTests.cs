using System.Diagnostics;
using System.Net;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>Several controllers, one of which is cut off: its packets are dropped, no connection is refused, and its process goes on.</summary>
[Collection(AloneCollection.Name)]
[Trait("Category", "Alone")]
public sealed class PartitionTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const int Noticed = 5;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Arrival = TimeSpan.FromMilliseconds(100);

    [SkippableTheory]
    [InlineData("keep-majority", NetworkCut.Controllers)]
    [InlineData("keep-majority", NetworkCut.AllButPods)]
    [InlineData("lease-majority", NetworkCut.Controllers)]
    [InlineData("lease-majority", NetworkCut.AllButPods)]
    public async Task When_the_leader_is_cut_off_the_majority_goes_on_and_it_ends_and_comes_back_when_healed(string downing, NetworkCut from)
    {
        await StartCuttableAsync(downing);
        await CutOffAsync(await LeaderAsync(), from);
    }

    [SkippableTheory]
    [InlineData(NetworkCut.Controllers)]
    [InlineData(NetworkCut.AllButPods)]
    public async Task When_another_than_the_leader_is_cut_off_the_majority_goes_on_and_it_ends_and_comes_back_when_healed(NetworkCut from)
    {
        await StartCuttableAsync();
        var leader = await LeaderAsync();
        var other = (leader + 1) % 3;
        await CutOffAsync(other, from);
        Assert.Equal(leader, await LeaderAsync());
    }

    [SkippableFact]
    public async Task A_leader_that_wakes_up_behind_a_partition_is_fenced_by_the_ledger_and_issues_nothing()
    {
        await StartCuttableAsync();
        var leader = await LeaderAsync();
        var old = Cluster.Controllers[leader];
        await AllIssueAsync();
        await Cluster.Controllers.CutAsync(leader, NetworkCut.Controllers, Deadline);
        // A suspended leader cannot decide to end. When it resumes it believes that it leads, and no other controller can tell it otherwise.
        old.Process.Suspend();
        await MajorityAsync(leader);
        await ServeAsync();
        using var enough = new CancellationTokenSource();
        var arriving = ArriveAsync(TimeSpan.FromMilliseconds(50), enough.Token);
        var awake = Cluster.Vault.Audit.Count;
        old.Process.Resume();
        Assert.Equal(1, await old.Process.ExitAsync().EndsAsync());
        await enough.CancelAsync();
        await ServedOnceAsync(await arriving);
        Assert.Contains(old.Process.Output, line => line.Contains("is no longer owned by this process", StringComparison.Ordinal));
        Assert.DoesNotContain(Cluster.Vault.Audit.Skip(awake), entry => IssuedBy(entry, leader));
        await ComesBackAsync(leader);
    }

    [SkippableFact]
    public async Task A_partition_that_is_over_before_it_is_decided_on_takes_nobody_out()
    {
        await StartCuttableAsync();
        using var enough = new CancellationTokenSource();
        var arriving = ArriveAsync(Arrival, enough.Token);
        for (var index = 0; index < 3; index++)
        {
            var before = await Cluster.Controllers.LostAsync(index, Deadline);
            var cut = Stopwatch.StartNew();
            await Cluster.Controllers.CutAsync(index, NetworkCut.Controllers, Deadline);
            await Eventually.TrueAsync(() => Cluster.Controllers.LostAsync(index, Deadline), lost => lost >= before + Noticed, $"controller {index} loses packets");
            await Cluster.Controllers.HealAsync(index, Deadline);
            if (cut.Elapsed > Moment)
            {
                await enough.CancelAsync();
                await arriving;
                Skip.If(true, "this machine was too slow to cut it off for a moment only");
            }

            await OneClusterAsync();
        }

        await enough.CancelAsync();
        await ServedOnceAsync(await arriving);
        Assert.Equal(3, Cluster.Controllers.Running.Count());
        for (var index = 0; index < 3; index++) Assert.DoesNotContain(Cluster.Controllers[index].Process.Output, line => line.Contains("out of the cluster", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Partitions_while_pods_arrive_lose_and_double_none()
    {
        await StartCuttableAsync();
        var plan = new ChaosPlan(TimeSpan.FromSeconds(40), Rate: 8, Seed: 20261124) { Interval = TimeSpan.FromSeconds(9), Kinds = [FaultKind.Partitioned] };
        var report = await new ChaosEngine(Cluster, plan, Output.WriteLine).RunAsync(Deadline);
        Output.WriteLine($"{report}");
        Assert.Contains(report.Faults, fault => fault.Fault.EndsWith(" partitioned", StringComparison.Ordinal));
        Assert.Equal((0, 0, 0), (report.Delivery.Lost, report.Delivery.Doubled, report.Delivery.ExpiredPushes));
        Assert.Equal((0, 0), (report.FalseDownings, report.Crashes));
    }

    private async Task StartCuttableAsync(string downing = "keep-majority")
    {
        var missing = await SandboxNetwork.MissingAsync();
        Skip.If(missing is not null, missing);
        await StartAsync(new SandboxSetup { Controllers = 3, Network = true, ClusterKeys = (_, _) => $"downing: {downing}" });
    }

    /// <summary>
    /// Cuts a controller off until it has ended, while pods arrive. After a restart
    /// it is still cut off and alone. When the network is healed it joins the others.
    /// </summary>
    private async Task CutOffAsync(int index, NetworkCut from)
    {
        await AllIssueAsync();
        using var enough = new CancellationTokenSource();
        var arriving = ArriveAsync(Arrival, enough.Token);
        var clock = Stopwatch.StartNew();
        var cut = DateTimeOffset.UtcNow;
        await Cluster.Controllers.CutAsync(index, from, Deadline);
        var ending = Cluster.Controllers[index].Process.ExitAsync(Deadline);
        _ = ending.ContinueWith(_ => Output.WriteLine($"the one that was cut off ended after {clock.Elapsed.TotalSeconds:F2} s"), TaskScheduler.Default);
        await MajorityAsync(index);
        Output.WriteLine($"the others are a cluster of two after {clock.Elapsed.TotalSeconds:F2} s");
        await ServeAsync();
        AssertWithin(SoonAfterASilence, clock.Elapsed, "one was cut off: a pod was served by the others");
        Assert.Equal(1, await ending.EndsAsync());
        await enough.CancelAsync();
        var pods = await arriving;
        await ServedOnceAsync(pods);
        Output.WriteLine($"{pods.Count} pods arrived, the one that waited longest {pods.Max(pod => (pod.ServedAt - pod.StartedAt)!.Value.TotalSeconds):F2} s; "
            + $"last issued by the one that was cut off {Cluster.Vault.Audit.Where(entry => IssuedBy(entry, index)).Select(entry => (entry.Time - cut).TotalSeconds).DefaultIfEmpty(0).Max():F2} s after the cut");
        await ComesBackAsync(index);
    }

    /// <summary>Waits until the two other controllers each see a cluster of both of them, and one of them leads.</summary>
    private async Task MajorityAsync(int but)
    {
        var others = Enumerable.Range(0, 3).Where(index => index != but).ToList();
        var expected = others.Select(Cluster.Controllers.AddressOf).Order(StringComparer.Ordinal);
        foreach (var index in others)
        {
            await Eventually.TrueAsync(
                () => MembersAsync(index), members => members is { Others.Count: 0, Oldest: { } oldest } && oldest != Cluster.Controllers.AddressOf(but) && members.Up.SequenceEqual(expected),
                $"controller {index} sees itself and the other that is left");
        }
    }

    private async Task ComesBackAsync(int index)
    {
        await Cluster.Controllers.StartAsync(index);
        await Eventually.TrueAsync(() => MembersAsync(index), members => members is { Up.Count: 0 }, "it answers, and is in no cluster");
        await ServeAsync();
        var clock = Stopwatch.StartNew();
        await Cluster.Controllers.HealAsync(index, Deadline);
        await OneClusterAsync();
        Output.WriteLine($"healed: one cluster after {clock.Elapsed.TotalSeconds:F2} s");
        await ServeAsync();
    }

    /// <summary>Runs pods until each controller that does not lead has served one.</summary>
    private async Task AllIssueAsync()
    {
        var leader = await LeaderAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await ServeAsync();
                return Enumerable.Range(0, 3).All(index => index == leader || Cluster.Vault.Audit.Any(entry => IssuedBy(entry, index)));
            },
            "each of the others has served a pod");
    }

    private bool IssuedBy(AuditEntry entry, int index) =>
        entry.Status == (int)HttpStatusCode.OK && entry.Path.EndsWith("/secret-id", StringComparison.Ordinal) && entry.RemoteAddress.ToString() == Cluster.Controllers.AddressOf(index);
}
