using System.Text.Json.Nodes;
using AkkaVault.Controller.Configuration;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary>The rendered <c>k8s/monitoring</c>, together with the overlays and with the schemas of the Prometheus operator.</summary>
public sealed class MonitoringManifestsTests
{
    [SkippableTheory]
    [InlineData("plain", "overlays/quick-start")]
    [InlineData("secured", "overlays/secured")]
    public async Task What_is_scraped_is_what_the_overlay_serves(string folder, string of)
    {
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        var (monitoring, overlay) = (await Overlay.RenderAsync($"monitoring/{folder}"), await Overlay.RenderAsync(of));
        var monitor = monitoring.Objects.Single(item => Overlay.KindOf(item) == "ServiceMonitor")["spec"]!;
        var service = overlay.Objects.Single(item => Overlay.KindOf(item) == "Service" && (string?)item["spec"]!["clusterIP"] == "None");
        Assert.True(JsonNode.DeepEquals(monitor["selector"]!["matchLabels"], service["metadata"]!["labels"]));
        Assert.Equal((string)service["metadata"]!["namespace"]!, (string)monitor["namespaceSelector"]!["matchNames"]!.AsArray().Single()!);
        var endpoint = monitor["endpoints"]!.AsArray().Single()!;
        Assert.Contains(service["spec"]!["ports"]!.AsArray(), port => (string)port!["name"]! == (string)endpoint["port"]!);

        var here = Path.GetTempFileName();
        var configuration = ConfigurationReader.Read(overlay.Configuration.Replace("/etc/vault-ca/ca.crt", here, StringComparison.Ordinal), name => name switch { "POD_NAMESPACE" => "kubernetes-vault", "POD_IP" => "10.1.2.3", _ => null }).Configuration!;
        File.Delete(here);
        Assert.Equal(configuration.Metrics.Certificate is null ? null : "https", (string?)endpoint["scheme"]);
        Assert.Equal(configuration.Metrics.ClientCa is null, endpoint["tlsConfig"]?["keySecret"] is null);
        // Vault issues certificates with this name to the controllers.
        if (endpoint["tlsConfig"] is { } tls) Assert.Equal(configuration.Kubernetes.Service, (string)tls["serverName"]!);

        var dashboard = monitoring.Objects.Single(item => Overlay.KindOf(item) == "ConfigMap");
        Assert.Equal("1", (string?)dashboard["metadata"]!["labels"]!["grafana_dashboard"]);
        // kubectl apply stores the object in an annotation, and a larger one does not fit.
        Assert.InRange(((string)dashboard["data"]!["kubernetes-vault.json"]!).Length, 1, 200_000);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse((string)dashboard["data"]!["kubernetes-vault.json"]!), Monitoring.Dashboard));
        Assert.Empty(Names(monitoring).Intersect(Names(overlay)));
    }

    // This test does not use the real API server: 1.20, built with Go 1.19, crashes on custom resources with maps.
    [SkippableTheory]
    [InlineData("plain")]
    [InlineData("secured")]
    [InlineData("sidecars")]
    public async Task It_has_no_field_that_the_operator_does_not_know(string folder)
    {
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        var kinds = Manifest.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Monitoring", "operator-crds.yaml"))).ToDictionary(crd => (string)crd["spec"]!["names"]!["kind"]!);
        foreach (var item in (await Overlay.RenderAsync($"monitoring/{folder}")).Objects.Where(item => Overlay.KindOf(item) != "ConfigMap"))
        {
            var crd = kinds[Overlay.KindOf(item)]["spec"]!;
            var version = crd["versions"]!.AsArray().Single()!;
            Assert.Equal($"{crd["group"]}/{version["name"]}", (string)item["apiVersion"]!);
            Assert.Empty(StructuralSchema.Problems(version["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!, item["spec"]!, "spec"));
        }
    }

    [Fact]
    public void What_the_operator_does_not_know_is_found_out()
    {
        var schema = Manifest.Parse("{type: object, required: [a], properties: {b: {type: array, items: {type: string, pattern: '^[0-9]+s$', enum: [5s]}}}}").Single();
        Assert.Equal(
            ["spec.a is missing", "spec.c is not known", "spec.b[0] is \"5m\"", "spec.b[1] is no string"],
            StructuralSchema.Problems(schema, Manifest.Parse("{b: [5m, [x]], c: 1}").Single(), "spec"));
    }

    private static IEnumerable<string> Names(Overlay overlay) => overlay.Objects.Select(item => $"{Overlay.KindOf(item)} {item["metadata"]!["name"]}");
}
