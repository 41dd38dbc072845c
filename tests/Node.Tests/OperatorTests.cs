using AkkaVault.Tests.TestKit;
using Xunit.Abstractions;

namespace AkkaVault.Node.Tests;

/// <summary>What an operator does with a running installation.</summary>
[Collection(NodeCollection.Name)]
public sealed class OperatorTests(KubernetesNode node, ITestOutputHelper output)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [SkippableFact]
    public async Task The_command_line_reaches_the_controllers_through_the_real_kubelet()
    {
        node.Need();
        await node.QuickStartAsync();
        await using var pod = await node.StartUnservedPodAsync("unserved");
        // Through its own port-forward: exit code 1 says that a pod waits.
        await Eventually.TrueAsync(async () => await CliAsync("pods", "--failing") is { Exit: 1 } listed && listed.Out.Contains("unserved", StringComparison.Ordinal), "the pod that nobody can serve is listed");
        var explained = await CliAsync("explain", "pod", "default/unserved");
        Assert.Contains(KubernetesNode.MissingRole, explained.Out, StringComparison.Ordinal);
        var members = await CliAsync("cluster", "show");
        Assert.True(members.Exit == 0, members.Error);
        Assert.Equal(3, members.Out.Split('\n').Count(line => line.Contains(" Up ", StringComparison.Ordinal)));
        // As docs/cli.md says: the same program in a controller's pod.
        var inside = await node.TryAsync(s_patience, "kubectl", "-n", ControllerPods.Namespace, "exec", "kubernetes-vault-0", "--", "/app/akkavault", "pods", "--failing");
        Assert.True(inside.Exit == 1 && inside.Out.Contains("unserved", StringComparison.Ordinal), $"{inside.Exit}\n{inside.Out}{inside.Error}");
    }

    [SkippableFact]
    public async Task A_drain_takes_one_controller_at_a_time()
    {
        node.Need();
        await node.QuickStartAsync();
        await Eventually.TrueAsync(async () => (int?)(await node.GetAsync(ControllerPods.Namespace, "poddisruptionbudget", "kubernetes-vault"))["status"]?["disruptionsAllowed"] == 1, "the budget has seen that all controllers are ready");
        try
        {
            // The only node: the controller that is evicted cannot come back before the node takes pods again.
            var drain = await node.TryAsync(s_patience, "kubectl-1.25", "drain", "node", "--pod-selector=app.kubernetes.io/name=kubernetes-vault", "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=20s");
            Assert.NotEqual(0, drain.Exit);
            Assert.Contains("would violate the pod's disruption budget", drain.Error, StringComparison.Ordinal);
            // The evicted one is Running until the kubelet has stopped it, which may take longer than the drain.
            var kept = (await node.ListAsync(ControllerPods.Namespace, "pods")).Where(pod => (string?)pod["status"]!["phase"] == "Running" && pod["metadata"]!["deletionTimestamp"] is null).ToList();
            Assert.True(kept.Count == 2, $"{kept.Count} are kept:\n{drain.Out}{drain.Error}");
        }
        finally
        {
            await node.KubectlAsync("uncordon", "node");
        }

        await node.ControllersAreReadyAsync();
    }

    [SkippableFact]
    public async Task Controllers_and_init_containers_need_half_of_their_limits_of_memory_at_most()
    {
        node.Need();
        await node.QuickStartAsync();
        await PodArrivals.DuringAsync(node, () => Task.CompletedTask);
        foreach (var pod in await node.ListAsync(ControllerPods.Namespace, "pods"))
        {
            var memory = ContainerProcess.Of(pod, "controller").Memory;
            output.WriteLine($"{pod["metadata"]!["name"]}: {memory >> 20} MiB");
            Assert.InRange(memory, 1, (512L << 20) / 2);
            Assert.NotEqual("OOMKilled", (string?)pod["status"]!["containerStatuses"]![0]!["lastState"]?["terminated"]?["reason"]);
        }

        await using var waiting = await node.StartUnservedPodAsync("small");
        var small = ContainerProcess.Of(await waiting.GetAsync(), "install").Memory;
        output.WriteLine($"init container: {small >> 20} MiB");
        Assert.InRange(small, 1, (64L << 20) / 2);
    }

    private Task<ProgramRun.Result> CliAsync(params string[] arguments) => node.TryAsync(s_patience, "dotnet", [Path.Combine(KubernetesNode.Root, "artifacts", "bin", "Cli", "debug", "akkavault.dll"), .. arguments]);
}
