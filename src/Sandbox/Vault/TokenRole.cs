using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A token role (<c>auth/token/roles/:name</c>).</summary>
internal sealed record TokenRole(string Name)
{
    public IReadOnlyList<string> AllowedPolicies { get; init; } = [];

    public IReadOnlyList<string> DisallowedPolicies { get; init; } = [];

    public TimeSpan Period { get; init; }

    public TimeSpan ExplicitMaxTtl { get; init; }

    public bool Renewable { get; init; } = true;

    public bool Orphan { get; init; }

    public TokenRole With(RequestData data) => this with
    {
        AllowedPolicies = data.Texts("allowed_policies") ?? AllowedPolicies,
        DisallowedPolicies = data.Texts("disallowed_policies") ?? DisallowedPolicies,
        Period = data.Span("token_period") ?? data.Span("period") ?? Period,
        ExplicitMaxTtl = data.Span("token_explicit_max_ttl") ?? data.Span("explicit_max_ttl") ?? ExplicitMaxTtl,
        Renewable = data.Flag("renewable") ?? Renewable,
        Orphan = data.Flag("orphan") ?? Orphan,
    };

    public JsonObject ToData() => new()
    {
        ["allowed_entity_aliases"] = null,
        ["allowed_policies"] = Json.List(AllowedPolicies),
        ["disallowed_policies"] = Json.List(DisallowedPolicies),
        ["explicit_max_ttl"] = Json.Seconds(ExplicitMaxTtl),
        ["name"] = Name,
        ["orphan"] = Orphan,
        ["path_suffix"] = "",
        ["period"] = Json.Seconds(Period),
        ["renewable"] = Renewable,
        ["token_explicit_max_ttl"] = Json.Seconds(ExplicitMaxTtl),
        ["token_period"] = Json.Seconds(Period),
        ["token_type"] = "default-service",
    };
}

/// <summary>The token roles by name.</summary>
internal sealed class TokenRoles
{
    private readonly ConcurrentDictionary<string, TokenRole> roles = new(StringComparer.Ordinal);

    public TokenRole? Find(string name) => roles.GetValueOrDefault(name);

    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest)
    {
        if (rest.Length == 0 && request.Lists) return VaultAnswer.Keys(roles.Keys.Order(StringComparer.Ordinal));
        if (rest.Length != 1) throw VaultRefusal.UnsupportedOperation;
        var name = rest[0];
        if (request.Reads) return VaultAnswer.OfData((Find(name) ?? throw VaultRefusal.NotFound).ToData());
        if (request.Deletes) roles.TryRemove(name, out _);
        else if (request.Writes) roles.AddOrUpdate(name, key => new TokenRole(key).With(request.Data), (_, role) => role.With(request.Data));
        else throw VaultRefusal.UnsupportedOperation;
        return VaultAnswer.NoContent;
    }
}
