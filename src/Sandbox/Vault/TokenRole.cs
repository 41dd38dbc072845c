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

    /// <summary>The end of the path of the role's tokens; empty: none.</summary>
    public string PathSuffix { get; init; } = "";

    public IReadOnlyList<string> BoundCidrs { get; init; } = [];

    /// <summary>How often a token may be used; 0: without limit.</summary>
    public int NumUses { get; init; }

    /// <summary><c>service</c>, <c>batch</c>, or the default for requests that name neither.</summary>
    public string Type { get; init; } = "default-service";

    public TokenRole With(RequestData data)
    {
        var role = Merged(data);
        CidrBlocks.Parse(role.BoundCidrs);
        if (role.Type is not ("service" or "batch" or "default-service" or "default-batch")) throw new VaultRefusal(400, $"invalid 'token_type' value \"{role.Type}\"");
        if (role.NumUses < 0) throw new VaultRefusal(400, "'token_num_uses' cannot be negative");
        if (role is { Type: "batch" or "default-batch", Period.Ticks: > 0 })
            throw new VaultRefusal(400, "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens");
        if (role is { Type: "batch" or "default-batch", NumUses: > 0 })
            throw new VaultRefusal(400, "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count");
        return role;
    }

    private TokenRole Merged(RequestData data) => this with
    {
        AllowedPolicies = data.Texts("allowed_policies") ?? AllowedPolicies,
        DisallowedPolicies = data.Texts("disallowed_policies") ?? DisallowedPolicies,
        Period = data.Span("token_period") ?? data.Span("period") ?? Period,
        ExplicitMaxTtl = data.Span("token_explicit_max_ttl") ?? data.Span("explicit_max_ttl") ?? ExplicitMaxTtl,
        Renewable = data.Flag("renewable") ?? Renewable,
        Orphan = data.Flag("orphan") ?? Orphan,
        PathSuffix = data.Text("path_suffix") ?? PathSuffix,
        BoundCidrs = data.Texts("token_bound_cidrs") ?? data.Texts("bound_cidrs") ?? BoundCidrs,
        NumUses = data.Number("token_num_uses") ?? NumUses,
        Type = data.Text("token_type") is { Length: > 0 } type ? type is "default" ? "default-service" : type : Type,
    };

    public JsonObject ToData()
    {
        var data = new JsonObject
        {
            ["allowed_entity_aliases"] = null,
            ["allowed_policies"] = Json.List(AllowedPolicies),
            ["disallowed_policies"] = Json.List(DisallowedPolicies),
            ["explicit_max_ttl"] = Json.Seconds(ExplicitMaxTtl),
            ["name"] = Name,
            ["orphan"] = Orphan,
            ["path_suffix"] = PathSuffix,
            ["period"] = Json.Seconds(Period),
            ["renewable"] = Renewable,
            ["token_explicit_max_ttl"] = Json.Seconds(ExplicitMaxTtl),
            ["token_period"] = Json.Seconds(Period),
            ["token_type"] = Type,
        };
        // Vault shows these fields only when they are set.
        if (BoundCidrs.Count > 0) data["token_bound_cidrs"] = Json.List(BoundCidrs);
        if (NumUses > 0) data["token_num_uses"] = NumUses;
        return data;
    }
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
        else if (request.Writes) roles.AddOrUpdate(name, key => new TokenRole(key).With(request.Data.LookedFor), (_, role) => role.With(request.Data.LookedFor));
        else throw VaultRefusal.UnsupportedOperation;
        return VaultAnswer.NoContent;
    }
}
