using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary>Reads the files in <c>k8s/monitoring</c>.</summary>
internal static class Monitoring
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "k8s", "monitoring");

    /// <summary>The spec of the PrometheusRule.</summary>
    public static JsonNode RuleSpec => Manifest.Read("monitoring/base", "prometheusrule.yaml").Single()["spec"]!;

    public static IReadOnlyList<JsonNode> Alerts => [.. RuleSpec["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!)];

    public static IEnumerable<string> AlertNames => Alerts.Select(alert => (string)alert["alert"]!);

    public static JsonNode Dashboard => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "base", "kubernetes-vault.json")))!;

    /// <summary>The queries of the dashboard, each with its legend.</summary>
    public static IReadOnlyList<(string Expression, string Legend)> Queries =>
        [.. Dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]?.AsArray() ?? []).Select(target => ((string)target!["expr"]!, (string)target["legendFormat"]!))];
}
