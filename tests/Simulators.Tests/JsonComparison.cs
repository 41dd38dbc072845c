using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaVault.Simulators.Tests;

/// <summary>
/// Compares an answer with a recorded one: keys and JSON types must be equal at every level. Derived classes decide which values may differ.
/// </summary>
internal abstract class JsonComparison
{
    public List<string> Differences { get; } = [];

    public void Compare(JsonNode? recorded, JsonNode? ours, string at, string field = "")
    {
        if (IsAnythingFine(recorded, ours, field)) return;
        var (theirKind, ourKind) = (Kind(recorded), Kind(ours));
        if (theirKind != ourKind)
        {
            Differences.Add($"{at}: {theirKind} recorded, {ourKind} here");
            return;
        }

        switch (recorded)
        {
            case JsonObject fields: CompareFields(fields, (JsonObject)ours!, at); break;
            case JsonArray items: CompareItems(items, (JsonArray)ours!, at, field); break;
            case JsonValue value: CompareValues(value, (JsonValue)ours!, at, field); break;
        }
    }

    protected abstract void CompareValues(JsonValue recorded, JsonValue ours, string at, string field);

    /// <summary>Whether any value is accepted in a field, even one of another type.</summary>
    protected virtual bool IsAnythingFine(JsonNode? recorded, JsonNode? ours, string field) => false;

    /// <summary>Whether an answer may have a field that was not recorded.</summary>
    protected virtual bool MayHaveMore => false;

    /// <summary>Whether an answer may lack a field of the recording.</summary>
    protected virtual bool MayLack(string field) => false;

    protected virtual void CompareItems(JsonArray recorded, JsonArray ours, string at, string field)
    {
        if (recorded.Count != ours.Count)
        {
            Differences.Add($"{at}: {recorded.Count} items recorded, {ours.Count} here");
            return;
        }

        for (var i = 0; i < recorded.Count; i++) Compare(recorded[i], ours[i], $"{at}[{i}]", field);
    }

    private void CompareFields(JsonObject recorded, JsonObject ours, string at)
    {
        foreach (var missing in recorded.Where(field => !ours.ContainsKey(field.Key) && !MayLack(field.Key))) Differences.Add($"{at}.{missing.Key}: missing here");
        foreach (var extra in ours.Where(field => !MayHaveMore && !recorded.ContainsKey(field.Key))) Differences.Add($"{at}.{extra.Key}: not recorded");
        foreach (var (name, value) in recorded)
        {
            if (ours.ContainsKey(name)) Compare(value, ours[name], $"{at}.{name}", name);
        }
    }

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;
}
