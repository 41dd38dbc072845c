using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// What other builds of Vault, and OpenBao, answer differently from the recorded 1.8, by their sources
/// and release notes. They may answer more, but must answer everything that our programs depend on.
/// </summary>
internal static partial class OtherBuilds
{
    /// <summary>Fields that OpenBao, which has no replication, may leave out. None of our programs reads them.</summary>
    private static readonly HashSet<string> Replication = ["performance_standby", "replication_performance_mode", "replication_dr_mode"];

    /// <summary>Messages that our programs depend on. They must not differ.</summary>
    private static readonly string[] RestedOn = ["wrapping token is not valid or does not exist", "permission denied"];

    /// <summary>For a recorded status and message: the other statuses with the same meaning.</summary>
    private static readonly (int Status, string Words, int[] Others)[] Statuses =
    [
        // Newer builds answer a request without a token like one with a wrong token.
        (400, "missing client token", [403]),
        // Since 1.9, and in OpenBao: "Field validation failed: …".
        (500, "error converting input", [400]),
        // Since 1.9 (hashicorp/vault#12788).
        (500, "failed to find accessor entry", [404]),
        // Newer builds answer a second revocation with a warning: "No token found with this accessor".
        (400, "invalid accessor", [200, 204]),
        (500, "failed to validate CIDR blocks", [400]),
    ];

    public static bool MayLack(string field) => Replication.Contains(field);

    /// <summary>Warnings differ between versions. Only old versions leave the request_id of a wrapped answer empty.</summary>
    public static bool IsAnythingFine(JsonNode? recorded, JsonNode? ours, string field) =>
        (field == "warnings" && ours is null or JsonArray) || (field == "request_id" && ours?.GetValueKind() == JsonValueKind.String);

    /// <summary>Whether another status has the same meaning.</summary>
    public static bool AcceptsStatus(RecordedExchange recorded, int status)
    {
        if (recorded.Status == status) return true;
        // Where the recorded answer is empty, another build may answer with a body.
        if (recorded.Status == 204) return status == 200;
        var words = recorded.Body?.ToJsonString() ?? "";
        return Statuses.Any(known => known.Status == recorded.Status && words.Contains(known.Words, StringComparison.Ordinal) && known.Others.Contains(status));
    }

    /// <summary>Whether a text may differ: versions, and error messages that our programs do not depend on.</summary>
    public static bool MeansTheSame(string recorded, string ours, string field) => field switch
    {
        "version" => Version().IsMatch(ours),
        "errors" => ours.Length > 0 && RestedOn.All(words => !recorded.Contains(words, StringComparison.Ordinal) || ours.Contains(words, StringComparison.Ordinal)),
        _ => false,
    };

    /// <summary>The format of a token, an accessor or a cluster's name, whatever its length.</summary>
    public static string Form(string value) => Kind().Match(value) is { Success: true } kind
        ? kind.Value is "s." or "hvs." ? "service token" : "batch token"
        : value.All(letter => letter is > ' ' and <= '~') ? "letters" : "no letters";

    [GeneratedRegex(@"^v?\d+\.\d+\.\d+")]
    private static partial Regex Version();

    /// <summary>The pattern includes the prefixes of Vault 1.10 and later.</summary>
    [GeneratedRegex(@"^(hv)?[sb]\.")]
    private static partial Regex Kind();
}
