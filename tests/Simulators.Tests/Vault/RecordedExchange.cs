using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>One line of a transcript: a request to a real Vault and its answer.</summary>
internal sealed record RecordedExchange(
    int Line, string Name, string? Note, string Method, string Path, IReadOnlyDictionary<string, string> Headers, JsonNode? RequestBody,
    int Status, string ContentType, JsonNode? Body)
{
    /// <summary>The fields that contain the time of the answer itself.</summary>
    private static readonly HashSet<string> NowFields = ["server_time_utc", "creation_time", "issue_time", "last_updated_time", "last_renewal", "last_renewal_time"];

    public static IReadOnlyList<RecordedExchange> Load(string file) =>
        [.. File.ReadLines(System.IO.Path.Combine(AppContext.BaseDirectory, "Transcripts", file)).Select((line, at) => Parse(line, at + 1))];

    /// <summary>The latest time in the answer. It is not after the time when Vault answered. Null when the answer has no time.</summary>
    public DateTimeOffset? Time => Times(Body).Cast<DateTimeOffset?>().Max();

    public override string ToString() => $"#{Line} {Name} ({Method} {Path})";

    private static RecordedExchange Parse(string line, int number)
    {
        var json = JsonNode.Parse(line)!;
        var request = json["request"]!;
        var response = json["response"]!;
        return new RecordedExchange(
            number, (string)json["name"]!, (string?)json["note"], (string)request["method"]!, (string)request["path"]!,
            request["headers"].Deserialize<Dictionary<string, string>>()!, request["body"],
            (int)response["status"]!, (string)response["contentType"]!, response["body"]);
    }

    private static IEnumerable<DateTimeOffset> Times(JsonNode? node)
    {
        if (node is not JsonObject fields) yield break;
        foreach (var (name, value) in fields)
        {
            foreach (var below in Times(value)) yield return below;
            if (!NowFields.Contains(name) || value is not JsonValue scalar) continue;
            yield return scalar.GetValueKind() == JsonValueKind.Number
                ? DateTimeOffset.FromUnixTimeSeconds((long)scalar)
                : DateTimeOffset.Parse((string)scalar!, CultureInfo.InvariantCulture);
        }
    }
}
