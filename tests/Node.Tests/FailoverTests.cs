using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit;
using Xunit.Abstractions;

namespace AkkaVault.Node.Tests;

/// <summary>Controllers end in each way that a cluster knows, while a pod a second starts. No pod is lost, and none gets two secrets.</summary>
[Collection(NodeCollection.Name)]
[Trait("Category", "Long")]
public sealed class FailoverTests(KubernetesNode node, ITestOutputHelper output)
{
    private const string Controllers = "kubernetes-vault";

    /// <summary>The longest that a pod may wait, with room for a busy machine.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>The same where the others must notice first that the leader is silent.</summary>
    private static readonly TimeSpan s_cutOff = TimeSpan.FromSeconds(15);

    [SkippableFact]
    public Task Pods_are_served_while_nothing_happens() => PodsAreServedDuringAsync(s_bound, () => Task.CompletedTask);

    [SkippableFact]
    public Task Pods_are_served_during_a_rollout_restart() => PodsAreServedDuringAsync(s_bound, async () =>
    {
        await node.KubectlAsync("-n", Controllers, "rollout", "restart", "statefulset/kubernetes-vault");
        await node.ControllersAreReadyAsync();
    });

    [SkippableFact]
    public Task Pods_are_served_when_the_leader_is_deleted() => PodsAreServedDuringAsync(s_bound, async () =>
    {
        await node.KubectlAsync("-n", Controllers, "delete", "pod", await LeaderAsync());
        await node.ControllersAreReadyAsync();
    });

    [SkippableFact]
    public Task Pods_are_served_when_the_leaders_process_is_killed() => PodsAreServedDuringAsync(s_bound, async () =>
    {
        var leader = await LeaderAsync();
        await node.RunAsync("kill", "-KILL", $"{ContainerProcess.Of(await node.GetAsync(Controllers, "pod", leader), "controller").Id}");
        await Eventually.TrueAsync(async () => (int)(await node.GetAsync(Controllers, "pod", leader))["status"]!["containerStatuses"]![0]!["restartCount"]! > 0, "its container is started again");
        await node.ControllersAreReadyAsync();
    });

    [SkippableFact]
    public Task Pods_are_served_when_the_leader_is_deleted_by_force() => PodsAreServedDuringAsync(s_bound, async () =>
    {
        await node.KubectlAsync("-n", Controllers, "delete", "pod", await LeaderAsync(), "--force", "--grace-period=0");
        await node.ControllersAreReadyAsync();
    });

    [SkippableFact]
    public Task Pods_are_served_when_the_leader_is_cut_off() => PodsAreServedDuringAsync(s_cutOff, async () =>
    {
        var leader = await LeaderAsync();
        var address = (string)(await node.GetAsync(Controllers, "pod", leader))["status"]!["podIP"]!;
        // Neither other pods nor the API server; only the kubelet's probes reach it, as on a node whose network is broken.
        string[][] rules = [["FORWARD", "-s", address, "-j", "DROP"], ["FORWARD", "-d", address, "-j", "DROP"], ["INPUT", "-s", address, "-p", "tcp", "--dport", "6443", "-j", "DROP"]];
        foreach (var rule in rules) await node.EnterAsync(["iptables", "-w", "-I", .. rule]);
        try
        {
            await Eventually.TrueAsync(FindLeaderAsync, now => now is not null && now != leader, "another controller leads");
        }
        finally
        {
            foreach (var rule in rules) await node.EnterAsync(["iptables", "-w", "-D", .. rule]);
        }

        await node.ControllersAreReadyAsync();
    });

    /// <summary>Lets pods start during a disturbance, and compares their longest wait with a bound.</summary>
    private async Task PodsAreServedDuringAsync(TimeSpan bound, Func<Task> disturbance)
    {
        node.Need();
        await node.QuickStartAsync();
        await PodArrivals.ServedWithinAsync(bound, node, output, disturbance);
    }

    private async Task<string> LeaderAsync()
    {
        var leader = await FindLeaderAsync();
        Assert.NotNull(leader);
        return leader;
    }

    /// <summary>The name of the leader's pod, as the first controller that answers says; null: none answers, or the leader has no pod any more.</summary>
    private async Task<string?> FindLeaderAsync()
    {
        var pods = await node.ListAsync(Controllers, "pods");
        foreach (var pod in pods)
        {
            var path = $"/api/v1/namespaces/{Controllers}/pods/{pod["metadata"]!["name"]}:8558/proxy/cluster/members";
            var answer = await node.TryAsync(s_patience, "kubectl", "get", "--raw", path, "--request-timeout=2s");
            if (answer.Exit != 0 || (string?)JsonNode.Parse(answer.Out)!["oldest"] is not { } leader) continue;
            var address = new Uri(leader).Host;
            if (pods.SingleOrDefault(candidate => (string?)candidate["status"]!["podIP"] == address) is { } found) return (string)found["metadata"]!["name"]!;
        }

        return null;
    }
}
