using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>A folder of <c>k8s/</c> as kubectl renders it.</summary>
/// <param name="Yaml">The whole text.</param>
/// <param name="Objects">The objects in the text.</param>
internal sealed record Overlay(string Yaml, IReadOnlyList<JsonObject> Objects)
{
    public static async Task<Overlay> RenderAsync(string folder)
    {
        var yaml = await Kubectl.KustomizeAsync(folder);
        return new Overlay(yaml, Manifest.Parse(yaml));
    }

    /// <summary>The controllers' StatefulSet.</summary>
    public JsonNode StatefulSet => Objects.Single(o => KindOf(o) == "StatefulSet");

    /// <summary>The only container of the controllers' pods.</summary>
    public JsonNode Container => StatefulSet["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Single()!;

    /// <summary>The configuration file of the controllers, from the ConfigMap that the StatefulSet mounts.</summary>
    public string Configuration
    {
        get
        {
            var mounted = StatefulSet["spec"]!["template"]!["spec"]!["volumes"]!.AsArray().Single(v => (string)v!["name"]! == "config")!["configMap"]!["name"];
            return (string)Objects.Single(o => KindOf(o) == "ConfigMap" && (string)o["metadata"]!["name"]! == (string)mounted!)["data"]!["kubernetes-vault.yml"]!;
        }
    }

    /// <summary>The rights that the roles grant, each with its namespace (null: all namespaces).</summary>
    public IEnumerable<Right> Rights =>
        from role in Objects
        where KindOf(role) is "Role" or "ClusterRole"
        from rule in role["rules"]!.AsArray()
        from pair in Right.Of(rule!, (string?)role["metadata"]!["namespace"])
        select pair;

    public static string KindOf(JsonNode item) => (string)item["kind"]!;
}
