using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace AkkaVault.Tests.TestKit.Kubernetes;

/// <summary>Reads the manifests in <c>k8s/</c> as JSON for an API server.</summary>
public static class Manifest
{
    /// <summary>All objects of a file.</summary>
    public static IReadOnlyList<JsonObject> Read(string folder, string file) => Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "k8s", folder, file)));

    /// <summary>All objects of a text. Their numbers and booleans become texts.</summary>
    public static IReadOnlyList<JsonObject> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => (JsonObject)Json(document.RootNode)!)];
    }

    // RBAC objects, which the tests post, have only texts, lists and maps.
    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create((string)child.Key!, Json(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node.NodeType, "not a node of a manifest"),
    };
}
