using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary>
/// Checks values against the schema of a CustomResourceDefinition. It supports
/// what <c>operator-crds.yaml</c> uses, and treats all scalars as texts.
/// </summary>
internal static class StructuralSchema
{
    /// <summary>What is wrong with a value. A field that the schema does not name is wrong.</summary>
    public static IEnumerable<string> Problems(JsonNode schema, JsonNode? value, string path) => ((string)schema["type"]!, value) switch
    {
        ("object", JsonObject map) => Missing(schema, map, path).Concat(map.OrderByDescending(pair => Named(schema, pair.Key) is null).SelectMany(pair => Named(schema, pair.Key) is { } known
            ? Problems(known, pair.Value, $"{path}.{pair.Key}")
            : [$"{path}.{pair.Key} is not known"])),
        ("array", JsonArray list) => list.SelectMany((item, index) => Problems(schema["items"]!, item, $"{path}[{index}]")),
        ("string", JsonValue text) => IsAllowed(schema, (string)text!) ? [] : [$"{path} is \"{text}\""],
        var (type, _) => [$"{path} is no {type}"],
    };

    private static JsonNode? Named(JsonNode schema, string key) => schema["properties"]?[key] ?? schema["additionalProperties"];

    private static IEnumerable<string> Missing(JsonNode schema, JsonObject map, string path) =>
        (schema["required"]?.AsArray() ?? []).Select(key => (string)key!).Where(key => !map.ContainsKey(key)).Select(key => $"{path}.{key} is missing");

    private static bool IsAllowed(JsonNode schema, string text) =>
        (schema["pattern"] is not { } pattern || Regex.IsMatch(text, (string)pattern!)) && (schema["enum"] is not { } words || words.AsArray().Any(word => (string)word! == text));
}
