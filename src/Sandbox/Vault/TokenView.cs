using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Tokens as they appear in Vault's answers.</summary>
internal static class TokenView
{
    /// <summary>The <c>auth</c> object in the answer to a creation, a login or a renewal.</summary>
    public static JsonObject OfAuth(TokenEntry token, TimeSpan lease) => new()
    {
        ["client_token"] = token.Id,
        ["accessor"] = token.Accessor,
        ["policies"] = Json.List(token.Policies),
        ["token_policies"] = Json.List(token.Policies),
        ["metadata"] = Json.Map(token.Meta),
        ["lease_duration"] = Json.Seconds(lease),
        ["renewable"] = token.Renewable,
        ["entity_id"] = token.EntityId,
        ["token_type"] = token.Type,
        ["orphan"] = token.Orphan,
    };

    /// <summary>The <c>data</c> object in the answer to a lookup. A lookup by accessor does not show the token itself.</summary>
    public static JsonObject OfLookup(TokenEntry token, DateTimeOffset now, bool withoutId = false)
    {
        var data = new JsonObject
        {
            ["accessor"] = token.Accessor,
            ["creation_time"] = token.CreatedAt.ToUnixTimeSeconds(),
            ["creation_ttl"] = Json.Seconds(token.CreationTtl),
            ["display_name"] = token.DisplayName,
            ["entity_id"] = token.EntityId,
            ["expire_time"] = token.ExpiresAt is { } end ? Json.Time(end) : null,
            ["explicit_max_ttl"] = Json.Seconds(token.ExplicitMaxTtl),
            ["id"] = withoutId ? "" : token.Id,
            ["issue_time"] = Json.Time(token.CreatedAt),
            ["meta"] = Json.Map(token.Meta),
            ["num_uses"] = token.UsesLeft,
            ["orphan"] = token.Orphan,
            ["path"] = token.Path,
            ["policies"] = Json.List(token.Policies),
            ["renewable"] = token.Renewable,
            ["ttl"] = token.ExpiresAt is { } expiry ? Json.SecondsLeft(expiry - now) : 0,
            ["type"] = token.Type,
        };
        if (token.Period > TimeSpan.Zero) data["period"] = Json.Seconds(token.Period);
        if (token.Role is not null) data["role"] = token.Role;
        if (token.LastRenewedAt is { } renewed)
        {
            data["last_renewal"] = Json.Time(renewed);
            data["last_renewal_time"] = renewed.ToUnixTimeSeconds();
        }

        return data;
    }
}
