using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Simulators.Tests.Kubernetes;

/// <summary>
/// Compares an answer with the recorded one: keys and values must be equal at every level. Versions and uids differ from
/// the recorded ones, but each must always stand for the same one. Times and generated names must have the same format.
/// </summary>
internal sealed partial class ObjectComparison : JsonComparison
{
    private readonly Dictionary<string, string> _ours = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _theirs = new(StringComparer.Ordinal);

    /// <summary>The version that stands for a recorded version.</summary>
    public string VersionOf(string recorded) => _ours.GetValueOrDefault($"resourceVersion {recorded}", recorded);

    protected override void CompareValues(JsonValue recorded, JsonValue ours, string at, string field) => CompareTexts(recorded.ToString(), ours.ToString(), at, field);

    private void CompareTexts(string recorded, string ours, string at, string field)
    {
        if (field is "resourceVersion" or "uid")
        {
            if (_ours.TryAdd($"{field} {recorded}", ours) != _theirs.TryAdd($"{field} {ours}", recorded) || _ours[$"{field} {recorded}"] != ours)
                Differences.Add($"{at}: {ours} stands for {recorded}, and one of them stood for something else");
        }
        else if (!IsSame(recorded, ours, field))
        {
            Differences.Add($"{at}: \"{recorded}\" recorded, \"{ours}\" here");
        }
    }

    private bool IsSame(string recorded, string ours, string field) => field switch
    {
        "creationTimestamp" or "deletionTimestamp" => Time().IsMatch(ours),
        "continue" => ours.Length > 0,
        "name" when GeneratedName().IsMatch(recorded) => GeneratedName().IsMatch(ours),
        "message" => Translated(recorded) == ours,
        _ => recorded == ours,
    };

    // Messages may contain uids and versions.
    private string Translated(string recorded) =>
        MadeUp().Replace(recorded, match => _ours.GetValueOrDefault($"uid {match}") ?? VersionOf(match.Value));

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    private static partial Regex Time();

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=\()\d+(?=\))")]
    private static partial Regex MadeUp();

    [GeneratedRegex(@"^a\.[bcdfghjklmnpqrstvwxz2456789]{5}$")]
    private static partial Regex GeneratedName();
}
