using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Which answer a request gets: the endpoints that the two programs call, in the words of a Vault 1.8.</summary>
internal sealed class VaultRouter(VaultState state)
{
    private const string BadWrappingToken = "wrapping token is not valid or does not exist";
    private static readonly VaultAnswer Denied = VaultAnswer.Error(403, "1 error occurred:\n\t* permission denied\n\n");

    /// <summary>Answers.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path below <c>/v1/</c>.</param>
    /// <param name="token">The <c>X-Vault-Token</c> header, or null.</param>
    /// <param name="wrapTtl">The <c>X-Vault-Wrap-TTL</c> header, or null.</param>
    /// <param name="body">The body; empty when there is none.</param>
    public VaultAnswer Answer(string method, string path, string? token, string? wrapTtl, byte[] body)
    {
        lock (state.Gate)
        {
            if (path == "sys/health") return Health();
            if (state.Sealed) return VaultAnswer.Error(503, "error performing token check: Vault is sealed");
            if (Parse(body) is not { } json) return VaultAnswer.Error(400, "error parsing JSON");
            return (method, path.Split('/')) switch
            {
                ("POST" or "PUT", ["sys", "wrapping", "lookup"]) => LookupWrap(Text(json, "token") ?? token),
                ("POST" or "PUT", ["sys", "wrapping", "unwrap"]) => Unwrap(Text(json, "token") ?? token),
                ("POST" or "PUT", ["auth", "approle", "login"]) => Login(json),
                _ => Authenticated(method, path, token, wrapTtl, json),
            };
        }
    }

    private VaultAnswer Authenticated(string method, string path, string? id, string? wrapTtl, JsonObject json)
    {
        if (string.IsNullOrEmpty(id)) return VaultAnswer.Error(400, "missing client token");
        if (state.Token(id) is not { } token) return VaultAnswer.Error(403, "permission denied");
        return (method, path.Split('/')) switch
        {
            ("GET", ["auth", "token", "lookup-self"]) => VaultAnswer.Data(Describe(token)),
            ("PUT" or "POST", ["auth", "token", "renew-self"]) => Renew(token),
            ("GET", ["auth", "token", "roles", var role]) => !state.Allows(token, path) ? Denied : ReadTokenRole(role),
            ("PUT" or "POST", ["auth", "token", "revoke-accessor"]) => !state.Allows(token, path) ? Denied : Revoke(json),
            ("PUT" or "POST", ["auth", "approle", "role", var role, "secret-id"]) =>
                !state.Allows(token, path) ? Denied : IssueSecretId(role, path, wrapTtl, json),
            _ when !state.Allows(token, path) => Denied,
            _ => VaultAnswer.Error(404, $"no handler for route '{path}'"),
        };
    }

    private VaultAnswer Health() => new(state.Sealed ? 503 : 200, new JsonObject
    {
        ["initialized"] = true,
        ["sealed"] = state.Sealed,
        ["standby"] = state.Sealed,
        ["performance_standby"] = false,
        ["replication_performance_mode"] = state.Sealed ? "unknown" : "disabled",
        ["replication_dr_mode"] = state.Sealed ? "unknown" : "disabled",
        ["server_time_utc"] = state.Now.ToUnixTimeSeconds(),
        ["version"] = "1.8.0-sandbox",
    });

    private VaultAnswer LookupWrap(string? token) => state.LiveWrap(token ?? "") is { } wrap
        ? VaultAnswer.Data(new JsonObject
        {
            ["creation_path"] = wrap.Path,
            ["creation_time"] = VaultAnswer.Time(wrap.Created),
            ["creation_ttl"] = (long)wrap.Ttl.TotalSeconds,
        })
        : VaultAnswer.Error(400, BadWrappingToken);

    private VaultAnswer Unwrap(string? token)
    {
        if (string.IsNullOrEmpty(token)) return VaultAnswer.Error(400, "error validating wrapping token: token is empty");
        if (state.LiveWrap(token) is not { } wrap) return VaultAnswer.Error(400, BadWrappingToken);
        var secret = state.Unwrap(wrap);
        return VaultAnswer.Data(new JsonObject
        {
            ["secret_id"] = secret.Id,
            ["secret_id_accessor"] = secret.Accessor,
            ["secret_id_ttl"] = 90,
        });
    }

    private VaultAnswer Login(JsonObject json)
    {
        if (state.RoleOf(Text(json, "role_id") ?? "") is not { } role) return VaultAnswer.Error(400, "invalid role ID");
        if (Text(json, "secret_id") is not { } secretId) return VaultAnswer.Error(400, "missing secret_id");
        return state.Login(role, secretId) is { } token ? VaultAnswer.Auth(token, role) : VaultAnswer.Error(400, "invalid secret id");
    }

    private VaultAnswer Renew(SimulatedToken token)
    {
        if (token.Period == TimeSpan.Zero) return VaultAnswer.Error(400, "lease is not renewable");
        state.Renew(token);
        return VaultAnswer.Auth(token, null);
    }

    private VaultAnswer ReadTokenRole(string role) => !state.HasTokenRole(role)
        ? VaultAnswer.Error(404)
        : VaultAnswer.Data(new JsonObject
        {
            ["allowed_entity_aliases"] = null,
            ["allowed_policies"] = VaultAnswer.Strings([role]),
            ["disallowed_policies"] = new JsonArray(),
            ["explicit_max_ttl"] = 0,
            ["name"] = role,
            ["orphan"] = false,
            ["path_suffix"] = "",
            ["period"] = 21600,
            ["renewable"] = true,
            ["token_explicit_max_ttl"] = 0,
            ["token_period"] = 21600,
            ["token_type"] = "default-service",
        });

    private VaultAnswer Revoke(JsonObject json) => state.Revoke(Text(json, "accessor") ?? "")
        ? VaultAnswer.NoContent
        : VaultAnswer.Error(400, "1 error occurred:\n\t* invalid accessor\n\n");

    private VaultAnswer IssueSecretId(string role, string path, string? wrapTtl, JsonObject json)
    {
        if (!state.RoleExists(role)) return VaultAnswer.Error(404, $"role \"{role}\" does not exist");
        if (wrapTtl is null) return VaultAnswer.Error(400, "the sandbox's Vault issues secret_ids wrapped only: send X-Vault-Wrap-TTL");
        var text = long.TryParse(wrapTtl, out _) ? wrapTtl + "s" : wrapTtl;
        if (!GoDuration.TryParse(text, out var ttl, out _))
            return VaultAnswer.Error(400, $"error parsing X-Vault-Wrap-TTL header: strconv.ParseInt: parsing \"{wrapTtl}\": invalid syntax");
        return Metadata(Text(json, "metadata")) is { } metadata
            ? VaultAnswer.Wrapped(state.Wrap(role, metadata, ttl, path))
            : VaultAnswer.Error(400, "failed to parse metadata: failed to parse the input: invalid <key,value> format");
    }

    private JsonObject Describe(SimulatedToken token)
    {
        var data = new JsonObject
        {
            ["accessor"] = token.Accessor,
            ["creation_time"] = token.Created.ToUnixTimeSeconds(),
            ["creation_ttl"] = (long)token.Period.TotalSeconds,
            ["display_name"] = "token",
            ["entity_id"] = "",
            ["expire_time"] = token.Expires is { } expires ? VaultAnswer.Time(expires) : null,
            ["explicit_max_ttl"] = 0,
            ["id"] = token.Id,
            ["issue_time"] = VaultAnswer.Time(token.Created),
            ["meta"] = null,
            ["num_uses"] = 0,
            ["orphan"] = token.IsRoot,
            ["path"] = token.Path,
            ["policies"] = VaultAnswer.Strings(token.Policies),
            ["renewable"] = token.Period > TimeSpan.Zero,
            ["ttl"] = token.Expires is { } end ? (long)Math.Ceiling((end - state.Now).TotalSeconds) : 0,
            ["type"] = "service",
        };
        if (token.Role is { } role) data["role"] = role;
        return data;
    }

    private static JsonObject? Parse(byte[] body)
    {
        if (body.Length == 0) return [];
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ImmutableDictionary<string, string>? Metadata(string? text)
    {
        try
        {
            return text is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(text)?.ToImmutableDictionary();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
