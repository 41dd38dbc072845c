using System.Globalization;
using System.Text.Json.Nodes;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>Pods that are not ours: they have no annotation of ours, and a specification as long as an ordinary one.</summary>
internal static class OtherPods
{
    /// <summary>Creates them.</summary>
    public static Task CreateAsync(Site site, int count, CancellationToken cancellation) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = ApiObjects.AtOnce, CancellationToken = cancellation },
        async (number, token) => await site.Objects.CreatePodAsync(Metadata(number), Spec(), token).ConfigureAwait(false));

    private static JsonObject Metadata(int number) => new()
    {
        ["name"] = string.Create(CultureInfo.InvariantCulture, $"other-{number:D5}"),
        ["labels"] = new JsonObject { ["app.kubernetes.io/name"] = "other", ["app.kubernetes.io/instance"] = string.Create(CultureInfo.InvariantCulture, $"other-{number / 10}"), ["pod-template-hash"] = "5d9c8f7b6d" },
        ["annotations"] = new JsonObject { ["prometheus.io/scrape"] = "true", ["prometheus.io/port"] = "8080", ["checksum/config"] = "0c4a7d1e2f3b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1" },
    };

    private static JsonObject Spec() => new()
    {
        ["containers"] = new JsonArray(new JsonObject
        {
            ["name"] = "app",
            ["image"] = "registry.example.org/team/application:1.2.3",
            ["args"] = new JsonArray("--listen=:8080", "--log-format=json", "--config=/etc/app/config.yaml"),
            ["env"] = new JsonArray([.. Enumerable.Range(0, 8).Select(n => (JsonNode)new JsonObject { ["name"] = $"SETTING_{n}", ["value"] = $"value-of-setting-{n}" })]),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["containerPort"] = 8080, ["protocol"] = "TCP" }),
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "128Mi" }, ["limits"] = new JsonObject { ["memory"] = "256Mi" } },
            ["livenessProbe"] = Probe("/healthz"),
            ["readinessProbe"] = Probe("/readyz"),
            ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "config", ["mountPath"] = "/etc/app" }, new JsonObject { ["name"] = "data", ["mountPath"] = "/var/lib/app" }),
        }),
        ["volumes"] = new JsonArray(
            new JsonObject { ["name"] = "config", ["configMap"] = new JsonObject { ["name"] = "app-config" } },
            new JsonObject { ["name"] = "data", ["emptyDir"] = new JsonObject() }),
        ["serviceAccountName"] = "default",
    };

    private static JsonObject Probe(string path) => new()
    {
        ["httpGet"] = new JsonObject { ["path"] = path, ["port"] = "http", ["scheme"] = "HTTP" },
        ["periodSeconds"] = 10,
        ["timeoutSeconds"] = 1,
        ["successThreshold"] = 1,
        ["failureThreshold"] = 3,
    };
}
