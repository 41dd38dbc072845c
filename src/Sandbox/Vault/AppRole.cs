using System.Net;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>An AppRole and the secret_ids given out for it. Guarded by its backend's lock.</summary>
internal sealed class AppRole(string name)
{
    private bool periodIsLegacy;
    private bool policiesAreLegacy;

    public string Name { get; } = name;

    public string RoleId { get; set; } = Guid.NewGuid().ToString();

    /// <summary>Vault's identity of whoever logs in with this role.</summary>
    public string EntityId { get; } = Guid.NewGuid().ToString();

    public Dictionary<string, SecretIdEntry> SecretIds { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SecretIdEntry> ByAccessor { get; } = new(StringComparer.Ordinal);

    public bool BindSecretId { get; private set; } = true;

    public IReadOnlyList<string>? SecretIdBoundCidrs { get; private set; }

    public int SecretIdNumUses { get; private set; }

    public TimeSpan SecretIdTtl { get; private set; }

    public IReadOnlyList<string> TokenBoundCidrs { get; private set; } = [];

    public TimeSpan TokenTtl { get; private set; }

    public TimeSpan TokenMaxTtl { get; private set; }

    public TimeSpan TokenExplicitMaxTtl { get; private set; }

    public TimeSpan TokenPeriod { get; private set; }

    public IReadOnlyList<string> TokenPolicies { get; private set; } = [];

    public bool NoDefaultPolicy { get; private set; }

    public int TokenNumUses { get; private set; }

    /// <summary>The policies of a token of this role.</summary>
    public IReadOnlyList<string> PoliciesOfToken =>
        [.. TokenPolicies.Concat(NoDefaultPolicy ? [] : ["default"]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Takes over what a create or update request names; the rest stays.</summary>
    public void Update(RequestData data)
    {
        var secretIdCidrs = data.Texts("secret_id_bound_cidrs") ?? data.Texts("bound_cidr_list");
        CidrBlocks.Parse(secretIdCidrs ?? []);
        var tokenCidrs = data.Texts("token_bound_cidrs");
        CidrBlocks.Parse(tokenCidrs ?? []);
        SecretIdBoundCidrs = secretIdCidrs ?? SecretIdBoundCidrs;
        TokenBoundCidrs = tokenCidrs ?? TokenBoundCidrs;
        BindSecretId = data.Flag("bind_secret_id") ?? BindSecretId;
        SecretIdNumUses = data.Number("secret_id_num_uses") ?? SecretIdNumUses;
        SecretIdTtl = data.Span("secret_id_ttl") ?? SecretIdTtl;
        TokenTtl = data.Span("token_ttl") ?? TokenTtl;
        TokenMaxTtl = data.Span("token_max_ttl") ?? TokenMaxTtl;
        TokenExplicitMaxTtl = data.Span("token_explicit_max_ttl") ?? TokenExplicitMaxTtl;
        TokenNumUses = data.Number("token_num_uses") ?? TokenNumUses;
        NoDefaultPolicy = data.Flag("token_no_default_policy") ?? NoDefaultPolicy;
        RoleId = data.Text("role_id") ?? RoleId;
        UpdatePeriodAndPolicies(data);
    }

    public JsonObject ToData()
    {
        var data = new JsonObject
        {
            ["bind_secret_id"] = BindSecretId,
            ["local_secret_ids"] = false,
            ["secret_id_bound_cidrs"] = SecretIdBoundCidrs is null ? null : Json.List(SecretIdBoundCidrs),
            ["secret_id_num_uses"] = SecretIdNumUses,
            ["secret_id_ttl"] = Json.Seconds(SecretIdTtl),
            ["token_bound_cidrs"] = Json.List(TokenBoundCidrs),
            ["token_explicit_max_ttl"] = Json.Seconds(TokenExplicitMaxTtl),
            ["token_max_ttl"] = Json.Seconds(TokenMaxTtl),
            ["token_no_default_policy"] = NoDefaultPolicy,
            ["token_num_uses"] = TokenNumUses,
            ["token_period"] = Json.Seconds(TokenPeriod),
            ["token_policies"] = Json.List(TokenPolicies),
            ["token_ttl"] = Json.Seconds(TokenTtl),
            ["token_type"] = "default",
        };
        if (periodIsLegacy) data["period"] = Json.Seconds(TokenPeriod);
        if (policiesAreLegacy) data["policies"] = Json.List(TokenPolicies);
        return data;
    }

    public void Remove(SecretIdEntry entry)
    {
        SecretIds.Remove(entry.Value);
        ByAccessor.Remove(entry.Accessor);
    }

    /// <summary>The fields named without <c>token_</c> are the older ones; a role made with them is read back with them too.</summary>
    private void UpdatePeriodAndPolicies(RequestData data)
    {
        if (data.Span("token_period") is { } tokenPeriod) (TokenPeriod, periodIsLegacy) = (tokenPeriod, false);
        else if (data.Span("period") is { } period) (TokenPeriod, periodIsLegacy) = (period, true);
        if (data.Texts("token_policies") is { } tokenPolicies) (TokenPolicies, policiesAreLegacy) = (Sorted(tokenPolicies), false);
        else if (data.Texts("policies") is { } policies) (TokenPolicies, policiesAreLegacy) = (Sorted(policies), true);
    }

    private static IReadOnlyList<string> Sorted(IReadOnlyList<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];
}

/// <summary>A secret_id.</summary>
internal sealed class SecretIdEntry
{
    public required string Value { get; init; }

    public string Accessor { get; } = Guid.NewGuid().ToString();

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Zero: for ever.</summary>
    public required TimeSpan Ttl { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyList<IPNetwork> Cidrs { get; init; }

    public required IReadOnlyList<string> TokenCidrs { get; init; }

    /// <summary>0: without limit.</summary>
    public required int NumUses { get; set; }

    public bool IsAlive(DateTimeOffset now) => Ttl == TimeSpan.Zero || now < CreatedAt + Ttl;

    public JsonObject ToData() => new()
    {
        ["cidr_list"] = Json.List(Cidrs.Select(block => block.ToString())),
        ["creation_time"] = Json.Time(CreatedAt),
        ["expiration_time"] = Ttl == TimeSpan.Zero ? "0001-01-01T00:00:00Z" : Json.Time(CreatedAt + Ttl),
        ["last_updated_time"] = Json.Time(CreatedAt),
        ["metadata"] = Json.Map(Metadata),
        ["secret_id_accessor"] = Accessor,
        ["secret_id_num_uses"] = NumUses,
        ["secret_id_ttl"] = Json.Seconds(Ttl),
        ["token_bound_cidrs"] = Json.List(TokenCidrs),
    };

    /// <summary>Without the secret_id.</summary>
    public override string ToString() => $"SecretIdEntry {{ Accessor = {Accessor} }}";
}
