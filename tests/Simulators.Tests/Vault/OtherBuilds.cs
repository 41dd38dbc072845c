using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// What other builds of Vault, and OpenBao, answer otherwise than the recorded 1.8 did: known from their sources and release
/// notes. They may say more, but never less than our programs rest on.
/// </summary>
internal static partial class OtherBuilds
{
    /// <summary>What OpenBao, which has no replication, need not say, and what no program of ours reads.</summary>
    private static readonly HashSet<string> Replication = ["performance_standby", "replication_performance_mode", "replication_dr_mode"];

    /// <summary>Words that our programs rest on: these stay.</summary>
    private static readonly string[] RestedOn = ["wrapping token is not valid or does not exist", "permission denied"];

    /// <summary>By what was recorded, the other statuses that mean the same.</summary>
    private static readonly (int Status, string Words, int[] Others)[] Statuses =
    [
        // A request without a token is denied like one with a wrong one.
        (400, "missing client token", [403]),
        // From 1.9 on, and in OpenBao: "Field validation failed: …".
        (500, "error converting input", [400]),
        // From 1.9 on (hashicorp/vault#12788).
        (500, "failed to find accessor entry", [404]),
        // Revoking twice is a success with a warning: "No token found with this accessor".
        (400, "invalid accessor", [200, 204]),
        (500, "failed to validate CIDR blocks", [400]),
    ];

    public static bool MayLack(string field) => Replication.Contains(field);

    /// <summary>Warnings come and go between versions; a request_id was empty beside a wrapped answer only in old ones.</summary>
    public static bool IsAnythingFine(JsonNode? recorded, JsonNode? ours, string field) =>
        (field == "warnings" && ours is null or JsonArray) || (field == "request_id" && ours?.GetValueKind() == JsonValueKind.String);

    /// <summary>Another status for the same.</summary>
    public static bool AcceptsStatus(RecordedExchange recorded, int status)
    {
        if (recorded.Status == status) return true;
        // What was recorded to say nothing may say something.
        if (recorded.Status == 204) return status == 200;
        var words = recorded.Body?.ToJsonString() ?? "";
        return Statuses.Any(known => known.Status == recorded.Status && words.Contains(known.Words, StringComparison.Ordinal) && known.Others.Contains(status));
    }

    /// <summary>A text that may be another: a version, and the words of errors but for those that are rested on.</summary>
    public static bool MeansTheSame(string recorded, string ours, string field) => field switch
    {
        "version" => Version().IsMatch(ours),
        "errors" => ours.Length > 0 && RestedOn.All(words => !recorded.Contains(words, StringComparison.Ordinal) || ours.Contains(words, StringComparison.Ordinal)),
        _ => false,
    };

    /// <summary>What a token, an accessor or a cluster's name looks like, whatever its length.</summary>
    public static string Form(string value) => Kind().Match(value) is { Success: true } kind
        ? kind.Value is "s." or "hvs." ? "service token" : "batch token"
        : value.All(letter => letter is > ' ' and <= '~') ? "letters" : "no letters";

    [GeneratedRegex(@"^v?\d+\.\d+\.\d+")]
    private static partial Regex Version();

    /// <summary>With the prefixes of Vault 1.10 and later.</summary>
    [GeneratedRegex(@"^(hv)?[sb]\.")]
    private static partial Regex Kind();
}
