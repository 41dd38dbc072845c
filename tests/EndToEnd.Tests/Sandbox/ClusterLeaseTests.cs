using System.Diagnostics;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Several controller processes. A Kubernetes Lease decides which of them go on.</summary>
public sealed class ClusterLeaseTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    [Fact]
    public async Task When_the_leader_is_killed_or_hangs_the_next_pod_is_served_by_those_who_hold_the_Lease()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, ClusterKeys = (_, _) => "downing: lease-majority" });
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
        await ServeAsync();

        var leader = await LeaderAsync();
        var clock = Stopwatch.StartNew();
        await Cluster.Controllers.KillAsync(leader);
        await ServeAsync();
        AssertWithin(SoonAfterAnEnd, clock.Elapsed, "leader killed: the next pod was served");
        await Cluster.Controllers.StartAsync(leader);
        await OneClusterAsync();

        // The port of a suspended process still accepts connections, so only the Lease can decide.
        var hanging = await LeaderAsync();
        clock.Restart();
        await SignalAsync("STOP", hanging);
        await ServeAsync();
        AssertWithin(SoonAfterASilence, clock.Elapsed, "leader hangs: the next pod was served");
        using var admin = Admin();
        var lease = JsonNode.Parse(await admin.GetStringAsync(new Uri($"apis/coordination.k8s.io/v1/namespaces/{ControllerService.Namespace}/leases/kubernetes-vault-akka-sbr", UriKind.Relative), Deadline))!;
        Assert.DoesNotContain(Cluster.Controllers.AddressOf(hanging), (string)lease["spec"]!["holderIdentity"]!, StringComparison.Ordinal);
        await SignalAsync("CONT", hanging);
        Assert.Equal(1, await Cluster.Controllers[hanging].Process.ExitAsync().EndsAsync());
    }
}
