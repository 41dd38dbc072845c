using System.Globalization;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Configuration;
using AkkaVault.Tests.TestKit.Kubernetes;
using static AkkaVault.EndToEnd.Tests.Manifests.Overlay;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>The rendered overlays are consistent, and the controller accepts them.</summary>
public sealed class OverlayTests
{
    [SkippableTheory]
    [InlineData("base")]
    [InlineData("rbac")]
    [InlineData("rbac/one-namespace")]
    [InlineData("rbac/all-namespaces")]
    [InlineData("sample-app")]
    [InlineData("sample-app/native-sidecar")]
    [InlineData("sample-app/sidecar")]
    [InlineData("monitoring/plain")]
    [InlineData("monitoring/secured")]
    [InlineData("monitoring/sidecars")]
    [InlineData("overlays/quick-start")]
    [InlineData("overlays/secured")]
    public async Task Every_folder_is_rendered(string folder)
    {
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        var overlay = await RenderAsync(folder);
        Assert.NotEmpty(overlay.Objects);
        Assert.All(overlay.Objects, item => Assert.True(
            (KindOf(item) is "Namespace" or "ClusterRole" or "ClusterRoleBinding") == (item["metadata"]!["namespace"] is null), $"{KindOf(item)} {item["metadata"]}"));

        if (Kubectl.Find(Kubectl.Oldest) is not { } oldest) return;
        var same = Manifest.Parse(await Kubectl.KustomizeAsync(oldest, folder));
        Assert.Equal(Sorted(overlay.Objects), Sorted(same));
    }

    private static IEnumerable<string> Sorted(IEnumerable<JsonObject> objects) => objects.Select(item => item.ToJsonString()).Order(StringComparer.Ordinal);

    [SkippableTheory]
    [InlineData("overlays/quick-start")]
    [InlineData("overlays/secured")]
    public async Task The_configuration_is_accepted_and_says_what_the_workload_says(string folder)
    {
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        var overlay = await RenderAsync(folder);
        var pod = overlay.StatefulSet["spec"]!["template"]!["spec"]!;
        var mounts = overlay.Container["volumeMounts"]!.AsArray().Select(mount => (string)mount!["mountPath"]!).ToList();
        Assert.Contains(mounts, mount => overlay.Container["args"]!.AsArray().Any(text => ((string)text!).StartsWith($"{mount}/", StringComparison.Ordinal)));

        // Mounted files exist in a pod, but not here.
        var here = Path.GetTempFileName();
        var result = ConfigurationReader.Read(overlay.Configuration.Replace("/etc/vault-ca/ca.crt", here, StringComparison.Ordinal), name => Variable(overlay.Container, name));
        File.Delete(here);
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        var configuration = result.Configuration!;

        Assert.Equal((string)overlay.StatefulSet["spec"]!["replicas"]!, configuration.Cluster!.Replicas.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("10.1.2.3", configuration.Cluster.Address.Address.ToString());
        Assert.Equal(StateStore.Kubernetes, configuration.Store);
        Assert.Equal(
            ["management 8558", "metrics 9102", "remoting 2552"],
            overlay.Container["ports"]!.AsArray().Select(port => $"{port!["name"]} {port["containerPort"]}").Order(StringComparer.Ordinal));
        Assert.Equal((8558, 9102, 2552), (configuration.Management!.Address.Port, configuration.Metrics.Address.Port, configuration.Cluster.Address.Port));

        var service = overlay.Objects.Single(item => KindOf(item) == "Service" && (string?)item["spec"]!["clusterIP"] == "None");
        Assert.Equal((configuration.Kubernetes.ServiceNamespace, configuration.Kubernetes.Service), ((string)service["metadata"]!["namespace"]!, (string)service["metadata"]!["name"]!));
        Assert.Contains(overlay.Rights, right => right == new Right(configuration.Kubernetes.ServiceNamespace, "", "configmaps", configuration.Kubernetes.LedgerName, "update"));
        Assert.Contains(new Right(configuration.Kubernetes.Scope.SingleNamespace, "", "pods", null, "watch"), overlay.Rights);

        var file = Assert.IsType<VaultLogin.TokenFile>(configuration.Vault.Login).Path;
        Assert.Contains(Path.GetDirectoryName(file)!, mounts);
        if (configuration.Vault.Ca is CaSource.File) Assert.Contains("/etc/vault-ca", mounts);
        Assert.All(
            ["startupProbe", "livenessProbe", "readinessProbe"],
            probe => Assert.Equal(configuration.Metrics.Certificate is null ? null : "HTTPS", (string?)overlay.Container[probe]!["httpGet"]!["scheme"]));
        // The host needs up to 20 s to stop.
        Assert.True(int.Parse((string)pod["terminationGracePeriodSeconds"]!, CultureInfo.InvariantCulture) > 20);
    }

    [SkippableTheory]
    [InlineData("overlays/quick-start")]
    [InlineData("overlays/secured")]
    public async Task Every_container_is_locked_up(string folder)
    {
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        var overlay = await RenderAsync(folder);
        foreach (var pod in overlay.Objects.Select(item => item["spec"]?["template"]?["spec"]).OfType<JsonNode>())
        {
            Assert.Equal("true", (string?)pod["securityContext"]!["runAsNonRoot"]);
            Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
            foreach (var container in (pod["initContainers"]?.AsArray() ?? []).Concat(pod["containers"]!.AsArray()))
            {
                var context = container!["securityContext"]!;
                Assert.Equal("""{"allowPrivilegeEscalation":"false","capabilities":{"drop":["ALL"]},"readOnlyRootFilesystem":"true"}""", context.ToJsonString());
                Assert.NotNull(container["resources"]!["limits"]!["memory"]);
                // The image names must be those that this checkout builds.
                var image = (string)container["image"]!;
                if (image.StartsWith("akkavault-", StringComparison.Ordinal)) Assert.EndsWith($":{typeof(ConfigurationReader).Assembly.GetName().Version!.ToString(3)}", image, StringComparison.Ordinal);
            }
        }
    }

    // Resolve variables as the kubelet does: only from the list in the StatefulSet.
    private static string? Variable(JsonNode container, string name)
    {
        var field = container["env"]!.AsArray().SingleOrDefault(variable => (string)variable!["name"]! == name)?["valueFrom"]!["fieldRef"]!["fieldPath"];
        return (string?)field switch { "status.podIP" => "10.1.2.3", "metadata.namespace" => "kubernetes-vault", null => null, var other => throw new InvalidOperationException(other) };
    }
}
