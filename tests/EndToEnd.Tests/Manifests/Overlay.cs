using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>A folder of <c>k8s/</c> as kubectl renders it.</summary>
/// <param name="Yaml">All of it.</param>
/// <param name="Objects">Its objects.</param>
internal sealed record Overlay(string Yaml, IReadOnlyList<JsonObject> Objects)
{
    /// <summary>Renders a folder.</summary>
    public static async Task<Overlay> RenderAsync(string folder)
    {
        var yaml = await Kubectl.KustomizeAsync(folder);
        return new Overlay(yaml, Manifest.Parse(yaml));
    }

    /// <summary>The controllers' workload.</summary>
    public JsonNode StatefulSet => Objects.Single(o => KindOf(o) == "StatefulSet");

    /// <summary>The controllers' one container.</summary>
    public JsonNode Container => StatefulSet["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Single()!;

    /// <summary>The file that the controllers are started with: that of the ConfigMap which the workload mounts.</summary>
    public string Configuration
    {
        get
        {
            var mounted = StatefulSet["spec"]!["template"]!["spec"]!["volumes"]!.AsArray().Single(v => (string)v!["name"]! == "config")!["configMap"]!["name"];
            return (string)Objects.Single(o => KindOf(o) == "ConfigMap" && (string)o["metadata"]!["name"]! == (string)mounted!)["data"]!["kubernetes-vault.yml"]!;
        }
    }

    /// <summary>Each right that is granted: to what and to do what, in which namespace (null: in all).</summary>
    public IEnumerable<Right> Rights =>
        from role in Objects
        where KindOf(role) is "Role" or "ClusterRole"
        from rule in role["rules"]!.AsArray()
        from pair in Right.Of(rule!, (string?)role["metadata"]!["namespace"])
        select pair;

    /// <summary>An object's kind.</summary>
    public static string KindOf(JsonNode item) => (string)item["kind"]!;
}
