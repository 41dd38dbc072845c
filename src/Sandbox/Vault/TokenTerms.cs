using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// The settings of an auth method's role for its tokens: the <c>token_…</c> fields, which are the
/// same for every method (https://developer.hashicorp.com/vault/api-docs/auth/approle#parameters).
/// </summary>
internal sealed record TokenTerms
{
    public IReadOnlyList<string> BoundCidrs { get; private init; } = [];

    /// <summary>The TTL; zero: the system's default.</summary>
    public TimeSpan Ttl { get; private init; }

    /// <summary>The maximum TTL; zero: the system's maximum.</summary>
    public TimeSpan MaxTtl { get; private init; }

    /// <summary>The maximum that also limits periodic tokens; zero: none.</summary>
    public TimeSpan ExplicitMaxTtl { get; private init; }

    /// <summary>The period; zero: not periodic.</summary>
    public TimeSpan Period { get; private init; }

    public IReadOnlyList<string> Policies { get; private init; } = [];

    public bool NoDefaultPolicy { get; private init; }

    /// <summary>How often a token may be used; 0: without limit.</summary>
    public int NumUses { get; private init; }

    /// <summary><c>default</c>, <c>service</c> or <c>batch</c>.</summary>
    public string Type { get; private init; } = "default";

    /// <summary>The policies of a token: the policies of the role, and <c>default</c> unless the role excludes it.</summary>
    public IReadOnlyList<string> PoliciesOfToken => Sorted(Policies.Concat(NoDefaultPolicy ? [] : ["default"]));

    /// <summary>The fields that were last set by their older names, without <c>token_</c>. A read of the role shows them by both names.</summary>
    private IReadOnlyCollection<string> Older { get; init; } = [];

    /// <summary>Applies the fields of a create or update request; all other fields stay.</summary>
    /// <param name="data">The request.</param>
    /// <param name="older">The fields that this auth method also accepts without <c>token_</c>.</param>
    public TokenTerms With(RequestData data, IReadOnlyCollection<string> older)
    {
        var terms = this with
        {
            BoundCidrs = Name("bound_cidrs") is { } cidrs ? data.Texts(cidrs)! : BoundCidrs,
            Ttl = Name("ttl") is { } ttl ? data.Span(ttl)!.Value : Ttl,
            MaxTtl = Name("max_ttl") is { } maxTtl ? data.Span(maxTtl)!.Value : MaxTtl,
            ExplicitMaxTtl = data.Span("token_explicit_max_ttl") ?? ExplicitMaxTtl,
            Period = Name("period") is { } period ? data.Span(period)!.Value : Period,
            Policies = Name("policies") is { } policies ? Sorted(data.Texts(policies)!) : Policies,
            NoDefaultPolicy = data.Flag("token_no_default_policy") ?? NoDefaultPolicy,
            NumUses = Name("num_uses") is { } uses ? data.Number(uses)!.Value : NumUses,
            Type = data.Text("token_type") switch { null => Type, "" => "default", var type => type },
            Older = [.. Older.Where(field => !data.Has("token_" + field)).Union(older.Where(field => data.Has(field) && !data.Has("token_" + field)))],
        };
        terms.Validate();
        return terms;

        string? Name(string field) => data.Has("token_" + field) ? "token_" + field : older.Contains(field) && data.Has(field) ? field : null;
    }

    /// <summary>Adds the fields to the answer of a read.</summary>
    public void AddTo(JsonObject data)
    {
        data["token_bound_cidrs"] = Json.List(BoundCidrs);
        data["token_explicit_max_ttl"] = Json.Seconds(ExplicitMaxTtl);
        data["token_max_ttl"] = Json.Seconds(MaxTtl);
        data["token_no_default_policy"] = NoDefaultPolicy;
        data["token_num_uses"] = NumUses;
        data["token_period"] = Json.Seconds(Period);
        data["token_policies"] = Json.List(Policies);
        data["token_ttl"] = Json.Seconds(Ttl);
        data["token_type"] = Type;
        foreach (var field in Older) data[field] = data["token_" + field]!.DeepClone();
    }

    private void Validate()
    {
        CidrBlocks.Parse(BoundCidrs);
        if (Type is not ("default" or "service" or "batch")) throw new VaultRefusal(400, $"invalid 'token_type' value \"{Type}\"");
        if (NumUses < 0) throw new VaultRefusal(400, "'token_num_uses' cannot be negative");
        if (Type == "batch" && Period > TimeSpan.Zero)
            throw new VaultRefusal(400, "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens");
        if (Type == "batch" && NumUses > 0)
            throw new VaultRefusal(400, "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count");
        if (Ttl > TimeSpan.Zero && MaxTtl > TimeSpan.Zero && Ttl > MaxTtl) throw new VaultRefusal(400, "'token_ttl' cannot be greater than 'token_max_ttl'");
    }

    private static IReadOnlyList<string> Sorted(IEnumerable<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];
}
