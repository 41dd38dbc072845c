using System.Net;
using System.Text.Json.Nodes;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>An AppRole and the secret_ids that were issued for it. The lock of its backend guards it.</summary>
internal sealed class AppRole(string name)
{
    /// <summary>The <c>token_…</c> fields that AppRole also accepts by their older names.</summary>
    private static readonly string[] OlderNames = ["period", "policies"];

    public string Name { get; } = name;

    public string RoleId { get; set; } = Guid.NewGuid().ToString();

    /// <summary>Vault's identity entity for logins with this role.</summary>
    public string EntityId { get; } = Guid.NewGuid().ToString();

    public Dictionary<string, SecretIdEntry> SecretIds { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SecretIdEntry> ByAccessor { get; } = new(StringComparer.Ordinal);

    public bool BindSecretId { get; private set; } = true;

    public bool LocalSecretIds { get; private set; }

    public IReadOnlyList<string>? SecretIdBoundCidrs { get; private set; }

    public int SecretIdNumUses { get; private set; }

    public TimeSpan SecretIdTtl { get; private set; }

    /// <summary>The role's settings for its tokens.</summary>
    public TokenTerms Terms { get; private set; } = new();

    /// <summary>Applies the fields of a create or update request; all other fields stay. Nothing changes when Vault rejects the request.</summary>
    /// <param name="data">The request.</param>
    /// <param name="isNew">Whether the role is created.</param>
    /// <returns>Vault's warnings.</returns>
    public IReadOnlyList<string> Update(RequestData data, bool isNew)
    {
        var local = data.Flag("local_secret_ids");
        if (local is not null && !isNew) throw new VaultRefusal(400, "local_secret_ids can only be modified during role creation");
        var roleId = data.Text("role_id") ?? RoleId;
        if (roleId.Length == 0) throw new VaultRefusal(400, "invalid role_id supplied, or failed to generate a role_id");
        var bind = data.Flag("bind_secret_id") ?? BindSecretId;
        var cidrs = data.Texts("secret_id_bound_cidrs") ?? data.Texts("bound_cidr_list") ?? SecretIdBoundCidrs;
        CidrBlocks.ParseForSecretId(cidrs ?? []);
        var terms = Terms.With(data, OlderNames);
        if (terms.Period > TokenBackend.SystemMaxTtl)
            throw new VaultRefusal(400, $"period of \"{GoDuration.Format(terms.Period)}\" is greater than the backend's maximum lease TTL of \"{GoDuration.Format(TokenBackend.SystemMaxTtl)}\"");
        var uses = data.Number("secret_id_num_uses") ?? SecretIdNumUses;
        if (uses < 0) throw new VaultRefusal(400, "secret_id_num_uses cannot be negative");
        var ttl = data.Span("secret_id_ttl") ?? SecretIdTtl;
        if (!bind && cidrs is not { Count: > 0 } && terms.BoundCidrs.Count == 0)
            throw new VaultRefusal(500, VaultRefusal.OneError("at least one constraint should be enabled on the role"));
        (LocalSecretIds, RoleId, BindSecretId, SecretIdBoundCidrs, Terms, SecretIdNumUses, SecretIdTtl) = (local ?? LocalSecretIds, roleId, bind, cidrs, terms, uses, ttl);
        return terms.MaxTtl > TokenBackend.SystemMaxTtl
            ? ["token_max_ttl is greater than the backend mount's maximum TTL value; issued tokens' max TTL value will be truncated"]
            : [];
    }

    public JsonObject ToData()
    {
        var data = new JsonObject
        {
            ["bind_secret_id"] = BindSecretId,
            ["local_secret_ids"] = LocalSecretIds,
            ["secret_id_bound_cidrs"] = SecretIdBoundCidrs is null ? null : Json.List(SecretIdBoundCidrs),
            ["secret_id_num_uses"] = SecretIdNumUses,
            ["secret_id_ttl"] = Json.Seconds(SecretIdTtl),
        };
        Terms.AddTo(data);
        return data;
    }

    public void Remove(SecretIdEntry entry)
    {
        SecretIds.Remove(entry.Value);
        ByAccessor.Remove(entry.Accessor);
    }
}

internal sealed class SecretIdEntry
{
    public required string Value { get; init; }

    public string Accessor { get; } = Guid.NewGuid().ToString();

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The lifetime; zero: without end.</summary>
    public required TimeSpan Ttl { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required IReadOnlyList<IPNetwork> Cidrs { get; init; }

    public required IReadOnlyList<string> TokenCidrs { get; init; }

    /// <summary>The number of remaining uses; 0: without limit.</summary>
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

    /// <summary>Leaves the secret_id out.</summary>
    public override string ToString() => $"SecretIdEntry {{ Accessor = {Accessor} }}";
}
