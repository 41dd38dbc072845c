using System.Text.RegularExpressions;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Node.Tests;

/// <summary>Follows docs/quick-start.md, from its installation to its end, with its own commands.</summary>
[Collection(NodeCollection.Name)]
public sealed partial class QuickStartTests(KubernetesNode node)
{
    private static readonly TimeSpan s_logs = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_removal = TimeSpan.FromMinutes(2);

    [SkippableFact]
    public async Task The_quick_start_leads_to_a_token_in_each_pod_may_be_run_again_and_is_torn_down()
    {
        node.Need();
        // Other tests leave an installation behind, whose controllers have delivered to other pods.
        await node.RemoveNamespacesAsync(ControllerPods.Namespace, "vault");
        await SectionAsync("6. Remove everything");
        await Eventually.TrueAsync(async () => (await PodsAsync()).Count == 0, "no pod is left", s_removal);
        Assert.Contains("==> Done. See:", await SectionAsync("3. Install everything"), StringComparison.Ordinal);
        await EveryPodHasATokenAsync();
        var before = await PodsAsync();
        Assert.Equal(5 + 3 + 1, before.Count);

        await SectionAsync("3. Install everything");
        Assert.Equal(before, await PodsAsync());

        var seen = await SectionAsync("4. See the result");
        Assert.Equal(5, Pods().Count(seen));
        Assert.Contains("kubernetes-vault-ledger", seen, StringComparison.Ordinal);
        Assert.Equal(5, Delivered().Count(seen));
        // This section ends with pods that are deleted: their successors have tokens, too.
        await node.KubectlAsync("-n", "kubernetes-vault", "rollout", "status", "statefulset/kubernetes-vault", "--timeout=2m");
        await EveryPodHasATokenAsync();
        Assert.DoesNotContain(await PodsAsync(), pod => pod.StartsWith("sample-app", StringComparison.Ordinal) && before.Contains(pod));

        await SectionAsync("6. Remove everything");
        foreach (var (kind, name) in ((string, string)[])[("namespace", "vault"), ("namespace", "kubernetes-vault"), ("deployment", "sample-app"), ("configmap", "sample-app"), ("role", "kubernetes-vault")])
            Assert.Equal("", await node.KubectlAsync("-n", "default", "get", kind, name, "--ignore-not-found"));
        await SectionAsync("6. Remove everything");
    }

    /// <summary>Runs the commands of a section, except for those that need an engine for containers.</summary>
    /// <returns>Their output.</returns>
    private async Task<string> SectionAsync(string heading)
    {
        var output = "";
        foreach (var block in await DocumentedBlocks.OfAsync("quick-start.md", heading, "sh", "not-run=docker")) output += await node.ShellAsync(block);
        return output;
    }

    // kubectl fails when one of the pods is being deleted, or its application does not run yet.
    private Task EveryPodHasATokenAsync() => Eventually.TrueAsync(
        () => node.TryAsync(s_logs, "kubectl", "logs", "-l", "app.kubernetes.io/name=sample-app", "-c", "app"), logs => logs.Exit == 0 && Tokens().Count(logs.Out) == 5, "each of the five pods says that Vault knows its token");

    /// <summary>Each pod with its own id, and how often its containers were started again.</summary>
    private async Task<IReadOnlyList<string>> PodsAsync() =>
    [
        .. (await node.KubectlAsync("get", "pods", "-A", "--sort-by=.metadata.uid", "-o", "jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[*].restartCount}{\"\\n\"}{end}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries),
    ];

    [GeneratedRegex("^sample-app-[a-z0-9-]+ has a token that Vault knows$", RegexOptions.Multiline)]
    private static partial Regex Tokens();

    [GeneratedRegex("^sample-app-[a-z0-9-]+ +1/1 +Running", RegexOptions.Multiline)]
    private static partial Regex Pods();

    [GeneratedRegex("delivered default/sample-app-")]
    private static partial Regex Delivered();
}
