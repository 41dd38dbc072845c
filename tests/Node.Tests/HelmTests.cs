using AkkaVault.Tests.TestKit;
using Xunit.Abstractions;

namespace AkkaVault.Node.Tests;

/// <summary>The Helm chart in the place of the quick start's controllers, with its Vault.</summary>
[Collection(NodeCollection.Name)]
[Trait("Category", "Long")]
public sealed class HelmTests(KubernetesNode node, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Release = "kubernetes-vault";
    private const string Values = "charts/akkavault/ci/quick-start-values.yaml";
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(5);

    /// <summary>Most of it is the node's: it starts three containers.</summary>
    private static readonly TimeSpan s_reinstallBound = TimeSpan.FromMinutes(2);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Removes the release, so that the quick start can be installed again.</summary>
    public async Task DisposeAsync()
    {
        if (!node.Runs) return;
        await node.RunAsync("helm", "uninstall", Release, "-n", Release, "--ignore-not-found", "--wait");
        await node.RemoveNamespacesAsync(Release);
    }

    [SkippableFact]
    public async Task The_chart_is_installed_tested_upgraded_rolled_back_and_uninstalled_while_pods_start()
    {
        node.Need();
        await node.QuickStartAsync();
        var token = await node.KubectlAsync("-n", Release, "get", "secret", "kubernetes-vault-token", "-o", "go-template={{.data.token | base64decode}}");
        await node.RemoveNamespacesAsync(Release);
        await node.ShellAsync("kubectl kustomize k8s/rbac/one-namespace | kubectl delete -f -");

        await InstallAsync();
        await node.KubectlAsync("label", "namespace", Release, "pod-security.kubernetes.io/enforce=restricted", "--overwrite");
        await node.KubectlAsync("-n", Release, "create", "secret", "generic", "kubernetes-vault-token", $"--from-literal=token={token}");
        await node.ControllersAreReadyAsync();
        Assert.Contains("Phase:          Succeeded", await node.RunAsync("helm", "test", Release, "-n", Release, "--logs"), StringComparison.Ordinal);

        await PodArrivals.ServedWithinAsync(s_bound, node, output, async () =>
        {
            await node.RunAsync("helm", "upgrade", Release, "charts/akkavault", "-n", Release, "-f", Values, "--set", "resources.requests.memory=208Mi");
            await node.ControllersAreReadyAsync();
            Assert.Equal("208Mi", await MemoryAsync());
            await node.RunAsync("helm", "rollback", Release, "-n", Release);
            await node.ControllersAreReadyAsync();
            Assert.Equal("192Mi", await MemoryAsync());
        });

        // Pods that start while nothing is installed wait for the next installation.
        await PodArrivals.ServedWithinAsync(s_reinstallBound, node, output, async () =>
        {
            await UninstallAsync();
            await InstallAsync();
            await node.ControllersAreReadyAsync();
        });

        await UninstallAsync();
    }

    private Task InstallAsync() => node.RunAsync("helm", "install", Release, "charts/akkavault", "-n", Release, "--create-namespace", "-f", Values, "--set", "check.roles={sample-app}");

    private async Task UninstallAsync()
    {
        await node.RunAsync("helm", "uninstall", Release, "-n", Release, "--wait");
        await node.NoPodIsLeftAsync(Release);
        await Eventually.TrueAsync(() => node.KubectlAsync("-n", Release, "get", "statefulset,service,pod,role,rolebinding,poddisruptionbudget,networkpolicy", "-o", "name"), left => left.Length == 0, "nothing of the release is left");
    }

    private Task<string> MemoryAsync() => node.KubectlAsync("-n", Release, "get", "statefulset", "kubernetes-vault", "-o", "jsonpath={.spec.template.spec.containers[0].resources.requests.memory}");
}
