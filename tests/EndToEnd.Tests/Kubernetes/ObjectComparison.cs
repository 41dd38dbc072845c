using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.EndToEnd.Tests.Kubernetes;

/// <summary>
/// Compares an answer with the recorded one: the same keys and values all the way down. Versions and uids are made up, and must
/// stand for the recorded ones consistently; times and generated names must have the same form.
/// </summary>
internal sealed partial class ObjectComparison
{
    private readonly Dictionary<string, string> _ours = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _theirs = new(StringComparer.Ordinal);

    public List<string> Differences { get; } = [];

    /// <summary>What stands for a recorded version here.</summary>
    public string VersionOf(string recorded) => _ours.GetValueOrDefault($"resourceVersion {recorded}", recorded);

    public void Compare(JsonNode? recorded, JsonNode? ours, string at, string field = "")
    {
        if (Kind(recorded) != Kind(ours))
        {
            Differences.Add($"{at}: {Kind(recorded)} recorded, {Kind(ours)} here");
            return;
        }

        switch (recorded)
        {
            case JsonObject fields:
                var mine = (JsonObject)ours!;
                foreach (var name in fields.Select(f => f.Key).Union(mine.Select(f => f.Key)))
                {
                    if (!mine.ContainsKey(name)) Differences.Add($"{at}.{name}: missing here");
                    else if (!fields.ContainsKey(name)) Differences.Add($"{at}.{name}: not recorded");
                    else Compare(fields[name], mine[name], $"{at}.{name}", name);
                }

                break;
            case JsonArray items:
                var others = (JsonArray)ours!;
                if (items.Count != others.Count) Differences.Add($"{at}: {items.Count} items recorded, {others.Count} here");
                for (var i = 0; i < Math.Min(items.Count, others.Count); i++) Compare(items[i], others[i], $"{at}[{i}]", field);
                break;
            case JsonValue value:
                CompareValue(value.ToString(), ours!.ToString(), at, field);
                break;
        }
    }

    private void CompareValue(string recorded, string ours, string at, string field)
    {
        if (field is "resourceVersion" or "uid")
        {
            if (_ours.TryAdd($"{field} {recorded}", ours) != _theirs.TryAdd($"{field} {ours}", recorded) || _ours[$"{field} {recorded}"] != ours)
                Differences.Add($"{at}: {ours} stands for {recorded}, and one of them stood for something else");
        }
        else if (field is "creationTimestamp" or "deletionTimestamp" ? !Time().IsMatch(ours) : field == "name" && GeneratedName().IsMatch(recorded) ? !GeneratedName().IsMatch(ours) : recorded != ours)
        {
            Differences.Add($"{at}: \"{recorded}\" recorded, \"{ours}\" here");
        }
    }

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    private static partial Regex Time();

    [GeneratedRegex(@"^a\.[bcdfghjklmnpqrstvwxz2456789]{5}$")]
    private static partial Regex GeneratedName();
}
