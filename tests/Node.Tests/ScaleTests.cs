using System.Diagnostics;
using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit;
using Xunit.Abstractions;

namespace AkkaVault.Node.Tests;

/// <summary>Many pods at once.</summary>
[Collection(NodeCollection.Name)]
[Trait("Category", "Long")]
public sealed class ScaleTests(KubernetesNode node, ITestOutputHelper output)
{
    private const int Few = 5;
    private const int Many = 60;

    /// <summary>Most of it is the node's: it starts two containers for each pod.</summary>
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(4);

    [SkippableFact]
    public async Task A_deployment_that_is_scaled_from_5_to_60_pods_has_a_token_of_its_own_in_each()
    {
        node.Need();
        await node.QuickStartAsync();
        var vault = new VaultOfTheNode(node);
        await Eventually.TrueAsync(async () => (await PodsAsync()).Count, count => count == Few, "there are five pods");
        var before = await TokensAsync();
        var tokens = await vault.TokensAsync();

        var clock = Stopwatch.StartNew();
        await ScaleAsync(Many);
        output.WriteLine($"{Few} to {Many} pods: {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, s_bound);
        Assert.Equal(tokens + Many - Few, await vault.TokensAsync());
        var after = await TokensAsync();
        Assert.Equal(Many, after.Count);
        Assert.Equal(Many, after.Values.Distinct(StringComparer.Ordinal).Count());
        // Those that were there have kept theirs, and nothing was started again.
        Assert.All(before, pod => Assert.Equal(pod.Value, after[pod.Key]));
        Assert.All(await PodsAsync(), pod => Assert.Equal(0, (int)pod["status"]!["initContainerStatuses"]![0]!["restartCount"]!));

        clock.Restart();
        await ScaleAsync(Few);
        await Eventually.TrueAsync(CountAsync, count => count == Few, "five pods are left", s_bound);
        output.WriteLine($"{Many} to {Few} pods: {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.All(await TokensAsync(), pod => Assert.Equal(after[pod.Key], pod.Value));
        Assert.Equal(tokens + Many - Few, await vault.TokensAsync());
    }

    private async Task ScaleAsync(int replicas)
    {
        await node.KubectlAsync("-n", "default", "scale", "deployment/sample-app", $"--replicas={replicas}");
        await node.KubectlAsync("-n", "default", "rollout", "status", "deployment/sample-app", "--timeout=5m");
    }

    private Task<IReadOnlyList<JsonNode>> PodsAsync() => node.ListAsync("default", "pods", "-l", "app.kubernetes.io/name=sample-app");

    /// <summary>How many pods there are, without their contents: to look again and again should not cost the node the processor.</summary>
    private async Task<int> CountAsync() => (await node.KubectlAsync("-n", "default", "get", "pods", "-l", "app.kubernetes.io/name=sample-app", "--no-headers")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>Each pod's name, with the token in its file.</summary>
    private async Task<IReadOnlyDictionary<string, string>> TokensAsync() =>
        (await PodsAsync()).ToDictionary(pod => (string)pod["metadata"]!["name"]!, pod => ContainerProcess.Of(pod, "app").Token, StringComparer.Ordinal);
}
