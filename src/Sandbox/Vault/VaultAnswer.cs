using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>One answer: a status and a body, shaped as a Vault 1.8 shapes it (tests/EndToEnd.Tests/Transcripts).</summary>
internal sealed record VaultAnswer(int Status, JsonObject? Body)
{
    public static readonly VaultAnswer NoContent = new(204, null);

    public static VaultAnswer Error(int status, params string[] errors) =>
        new(status, new JsonObject { ["errors"] = new JsonArray([.. errors.Select(error => (JsonNode)error)]) });

    public static VaultAnswer Data(JsonObject data) => Envelope(Guid.NewGuid().ToString(), data, null, null);

    public static VaultAnswer Auth(SimulatedToken token, string? roleName) => Envelope(Guid.NewGuid().ToString(), null, null, new JsonObject
    {
        ["client_token"] = token.Id,
        ["accessor"] = token.Accessor,
        ["policies"] = Strings(token.Policies),
        ["token_policies"] = Strings(token.Policies),
        ["metadata"] = roleName is null ? null : new JsonObject { ["role_name"] = roleName },
        ["lease_duration"] = (long)token.Period.TotalSeconds,
        ["renewable"] = true,
        ["entity_id"] = roleName is null ? "" : Guid.NewGuid().ToString(),
        ["token_type"] = "service",
        ["orphan"] = roleName is not null,
    });

    public static VaultAnswer Wrapped(SimulatedWrap wrap) => Envelope("", null, new JsonObject
    {
        ["token"] = wrap.Token,
        ["accessor"] = wrap.Accessor,
        ["ttl"] = (long)wrap.Ttl.TotalSeconds,
        ["creation_time"] = Time(wrap.Created),
        ["creation_path"] = wrap.Path,
    }, null);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture);

    public static JsonArray Strings(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];

    private static VaultAnswer Envelope(string requestId, JsonObject? data, JsonObject? wrapInfo, JsonObject? auth) => new(200, new JsonObject
    {
        ["request_id"] = requestId,
        ["lease_id"] = "",
        ["renewable"] = false,
        ["lease_duration"] = 0,
        ["data"] = data,
        ["wrap_info"] = wrapInfo,
        ["warnings"] = null,
        ["auth"] = auth,
    });
}
