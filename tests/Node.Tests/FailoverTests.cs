using AkkaVault.Tests.TestKit;
using Xunit.Abstractions;

namespace AkkaVault.Node.Tests;

/// <summary>Controllers end in each way that a cluster knows, while a pod a second starts. No pod is lost, and none gets two secrets.</summary>
[Collection(NodeCollection.Name)]
[Trait("Category", "Long")]
public sealed class FailoverTests(KubernetesNode node, ITestOutputHelper output)
{
    private const string Controllers = ControllerPods.Namespace;

    /// <summary>The longest that a pod may wait, with room for a busy machine.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(5);

    /// <summary>The same where the others must notice first that the leader is silent.</summary>
    private static readonly TimeSpan s_cutOff = TimeSpan.FromSeconds(15);

    private readonly ControllerPods _controllers = new(node);

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
        await node.KubectlAsync("-n", Controllers, "delete", "pod", await _controllers.LeaderAsync());
        await node.ControllersAreReadyAsync();
    });

    [SkippableFact]
    public Task Pods_are_served_when_the_leaders_process_is_killed() => PodsAreServedDuringAsync(s_bound, async () =>
    {
        var leader = await _controllers.LeaderAsync();
        await node.RunAsync("kill", "-KILL", $"{ContainerProcess.Of(await node.GetAsync(Controllers, "pod", leader), "controller").Id}");
        await Eventually.TrueAsync(async () => (int)(await node.GetAsync(Controllers, "pod", leader))["status"]!["containerStatuses"]![0]!["restartCount"]! > 0, "its container is started again");
        await node.ControllersAreReadyAsync();
    });

    [SkippableFact]
    public Task Pods_are_served_when_the_leader_is_deleted_by_force() => PodsAreServedDuringAsync(s_bound, async () =>
    {
        await node.KubectlAsync("-n", Controllers, "delete", "pod", await _controllers.LeaderAsync(), "--force", "--grace-period=0");
        await node.ControllersAreReadyAsync();
    });

    [SkippableFact]
    public Task Pods_are_served_when_the_leader_is_cut_off() => PodsAreServedDuringAsync(s_cutOff, async () =>
    {
        var leader = await _controllers.LeaderAsync();
        var address = (string)(await node.GetAsync(Controllers, "pod", leader))["status"]!["podIP"]!;
        // Neither other pods nor the API server; only the kubelet's probes reach it, as on a node whose network is broken.
        string[][] rules = [["FORWARD", "-s", address, "-j", "DROP"], ["FORWARD", "-d", address, "-j", "DROP"], ["INPUT", "-s", address, "-p", "tcp", "--dport", "6443", "-j", "DROP"]];
        foreach (var rule in rules) await node.EnterAsync(["iptables", "-w", "-I", .. rule]);
        try
        {
            await Eventually.TrueAsync(_controllers.FindLeaderAsync, now => now is not null && now != leader, "another controller leads");
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
}
