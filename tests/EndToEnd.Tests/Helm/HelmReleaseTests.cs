using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Helm;

/// <summary>The life of a release on a real API server (1.20), with the real helm. Each test removes what it created.</summary>
public sealed class HelmReleaseTests(HelmReleaseTests.Namespaces namespaces) : IClassFixture<HelmReleaseTests.Namespaces>
{
    private readonly HelmCluster _cluster = namespaces.Cluster;

    [SkippableTheory]
    [InlineData("quick-start", HelmCluster.Installer, "{}")]
    [InlineData("secured", null, "{monitoring: {serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}, dashboard: {enabled: true}}}")]
    public async Task It_is_installed_upgraded_rolled_back_and_uninstalled_and_nothing_is_left(string overlay, string? user, string more)
    {
        Skip.If(HelmCluster.Missing is not null, HelmCluster.Missing);
        var before = await _cluster.ObjectsAsync();
        string[] values = [HelmProgram.Chart, "-f", HelmProgram.ValuesOf(overlay), "-f", _cluster.Program.Values(more), "--set", "config.cluster.downing=lease-majority"];

        var notes = await _cluster.HelmAsync(user, ["install", HelmProgram.Release, .. values]);
        Assert.Contains("kubectl -n kubernetes-vault create secret generic kubernetes-vault-token --from-file=token=token.txt", notes, StringComparison.Ordinal);
        Assert.Contains("helm -n kubernetes-vault test kubernetes-vault --logs", notes, StringComparison.Ordinal);
        var installed = await _cluster.StatefulSetAsync();
        Assert.Equal(3, (int)installed["replicas"]!);

        // An operator creates the token's Secret, and the next notes no longer mention it. The controllers create the ledger and the Lease.
        await _cluster.KubectlAsync("-n", HelmProgram.Release, "create", "secret", "generic", "kubernetes-vault-token", "--from-literal=token=s.token");
        await _cluster.KubectlAsync("-n", HelmProgram.Release, "create", "configmap", "kubernetes-vault-ledger", "--from-literal=ledger=x");
        await _cluster.KubectlAsync("apply", "--server-side", "-f", _cluster.Program.Values("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: kubernetes-vault-akka-sbr, namespace: kubernetes-vault}}"));

        notes = await _cluster.HelmAsync(user, ["upgrade", HelmProgram.Release, .. values, "--set", "replicas=5"]);
        Assert.DoesNotContain("create secret generic kubernetes-vault-token", notes, StringComparison.Ordinal);
        var upgraded = await _cluster.StatefulSetAsync();
        Assert.Equal(5, (int)upgraded["replicas"]!);
        // The checksum changes, so the controllers restart. Their file has the number of replicas.
        Assert.NotEqual(Checksum(installed), Checksum(upgraded));
        Assert.Contains("replicas: 5", await _cluster.KubectlAsync("-n", HelmProgram.Release, "get", "configmap", HelmProgram.Release, "-o", "yaml"), StringComparison.Ordinal);
        Assert.Contains("ledger: x", await _cluster.KubectlAsync("-n", HelmProgram.Release, "get", "configmap", "kubernetes-vault-ledger", "-o", "yaml"), StringComparison.Ordinal);

        await _cluster.HelmAsync(user, "rollback", HelmProgram.Release, "1");
        var back = await _cluster.StatefulSetAsync();
        Assert.Equal((3, Checksum(installed)), ((int)back["replicas"]!, Checksum(back)));

        await _cluster.HelmAsync(user, "uninstall", HelmProgram.Release);
        await _cluster.KubectlAsync("-n", HelmProgram.Release, "delete", "secret", "kubernetes-vault-token");
        Assert.Equal(before, await _cluster.ObjectsAsync());
    }

    [SkippableFact]
    public async Task Who_may_do_nothing_to_the_cluster_is_refused_a_ClusterRole_and_nothing_is_left()
    {
        Skip.If(HelmCluster.Missing is not null, HelmCluster.Missing);
        var before = await _cluster.ObjectsAsync();
        var (exit, _, errors) = await _cluster.TryHelmAsync(HelmCluster.Installer, "install", HelmProgram.Release, HelmProgram.Chart, "-f", HelmProgram.ValuesOf("secured"));
        Assert.NotEqual(0, exit);
        Assert.Contains("clusterroles", errors, StringComparison.Ordinal);
        Assert.Equal(before, await _cluster.ObjectsAsync());
    }

    [SkippableTheory]
    [InlineData("quick-start")]
    [InlineData("secured")]
    public async Task What_is_rendered_is_applied_without_a_warning(string overlay)
    {
        Skip.If(HelmCluster.Missing is not null, HelmCluster.Missing);
        var rendered = _cluster.Program.Values(await _cluster.Program.SucceedAsync(
            "template", HelmProgram.Release, HelmProgram.Chart, "-n", HelmProgram.Release, "--kube-version", "1.20.2", "-f", HelmProgram.ValuesOf(overlay),
            "--set", "monitoring.serviceMonitor.enabled=true,monitoring.prometheusRule.enabled=true,monitoring.dashboard.enabled=true,petabridgeCmd.enabled=true"));
        await _cluster.KubectlAsync("apply", "--dry-run=server", "-f", rendered);
        var applied = await _cluster.KubectlAsync("apply", "-f", rendered);
        Assert.Contains("statefulset.apps/kubernetes-vault created", applied, StringComparison.Ordinal);
        await _cluster.KubectlAsync("delete", "--wait", "-f", rendered);
    }

    [SkippableTheory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public async Task Helm_test_tells_how_its_pod_ended_which_stays_where_it_failed(string phase)
    {
        Skip.If(HelmCluster.Missing is not null, HelmCluster.Missing);
        const string Pod = "kubernetes-vault-check";
        Task<string> PodAsync() => _cluster.KubectlAsync("-n", HelmProgram.Release, "get", "pod", Pod, "--ignore-not-found", "-o", "name");
        await _cluster.HelmAsync(HelmCluster.Installer, "install", HelmProgram.Release, HelmProgram.Chart, "-f", HelmProgram.ValuesOf("quick-start"));
        Assert.Equal("", await PodAsync());

        var test = _cluster.TryHelmAsync(HelmCluster.Installer, "test", HelmProgram.Release, "--timeout", "50s");
        await Eventually.TrueAsync(async () => (await PodAsync()).Length > 0, "helm test makes its pod");
        // Set the phase as a kubelet would.
        await _cluster.KubectlAsync("-n", HelmProgram.Release, "patch", "pod", Pod, "--subresource=status", "-p", $$$"""{"status":{"phase":"{{{phase}}}"}}""");
        var (exit, output, errors) = await test;
        Assert.True(exit == 0 == (phase == "Succeeded"), $"{exit}\n{output}{errors}");
        Assert.Equal(phase == "Failed", (await PodAsync()).Length > 0);

        await _cluster.HelmAsync(HelmCluster.Installer, "uninstall", HelmProgram.Release);
        await _cluster.KubectlAsync("-n", HelmProgram.Release, "delete", "pod", Pod, "--ignore-not-found");
    }

    private static string Checksum(JsonNode workload) => (string)workload["template"]!["metadata"]!["annotations"]!["checksum/kubernetes-vault.yml"]!;

    /// <summary>A cluster with the release's namespace, the kinds of the Prometheus operator, and a user who may install.</summary>
    public sealed class Namespaces : IAsyncLifetime
    {
        public HelmCluster Cluster { get; } = new();

        public async Task InitializeAsync()
        {
            await Cluster.InitializeAsync();
            if (HelmCluster.Missing is not null) return;
            await Cluster.KubectlAsync("create", "namespace", HelmProgram.Release);
            foreach (var ns in (string[])[HelmProgram.Release, "default"]) await Cluster.LetInstallAsync(ns);
            await Cluster.KubectlAsync("apply", "--server-side", "-f", Path.Combine(AppContext.BaseDirectory, "Monitoring", "operator-crds.yaml"));
            await Cluster.KubectlAsync("wait", "--for=condition=established", "--timeout=30s", "crd/servicemonitors.monitoring.coreos.com", "crd/prometheusrules.monitoring.coreos.com");
        }

        public Task DisposeAsync() => Cluster.DisposeAsync();
    }
}
