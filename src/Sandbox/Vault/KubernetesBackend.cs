using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// One mount of the Kubernetes auth method (https://developer.hashicorp.com/vault/api-docs/auth/kubernetes). If <c>pem_keys</c>
/// has keys, it verifies the tokens of service accounts with these keys and asks no API server. Without keys it asks the API
/// server (<see cref="TokenReview"/>). A real Vault always asks the API server. Statuses and messages are those of
/// the plugin in Vault 1.13 and later. Older plugins answered 500 in place of 403.
/// </summary>
internal sealed class KubernetesBackend(LoginTokens tokens, TimeProvider time) : IAuthMethod
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, KubernetesRole> roles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> entities = new(StringComparer.Ordinal);
    private KubernetesConfig? config;

    public string Type => "kubernetes";

    public bool RoleExists(string name) => Find(name) is not null;

    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest)
    {
        if (rest is ["role", var named, ..]) GenericName.Require(named);
        lock (gate)
        {
            return rest switch
            {
                ["config"] => Configure(request),
                ["role"] when request.Lists => VaultAnswer.Keys(roles.Keys.Order(StringComparer.Ordinal)),
                ["role", var name] => Role(request, name.ToLowerInvariant()),
                ["role", ..] or ["login"] => throw VaultRefusal.UnsupportedOperation,
                _ => throw VaultRefusal.UnsupportedPath,
            };
        }
    }

    public VaultAnswer Login(VaultRequest request)
    {
        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        var name = Required(request.Data, "role");
        var jwt = Required(request.Data, "jwt");
        var role = Find(name) ?? throw new VaultRefusal(400, $"invalid role name \"{name}\"");
        var cidrs = CidrBlocks.Parse(role.Terms.BoundCidrs);
        if (cidrs.Count > 0 && !CidrBlocks.Contain(cidrs, request.RemoteAddress)) throw VaultRefusal.BadToken;
        KubernetesConfig known;
        lock (gate) known = config ?? throw new VaultRefusal(500, "could not load backend configuration");
        var account = ServiceAccountClaims.Verified(jwt, known, role.Audience, time.GetUtcNow());
        if (!role.AllowsName(account.Name)) throw new VaultRefusal(403, "service account name not authorized");
        if (!role.AllowsNamespace(account.Namespace)) throw new VaultRefusal(403, "namespace not authorized");
        if (account.Uid.Length == 0) throw new VaultRefusal(500, "could not parse UID from claims");
        // A real Vault would ask the API server in any case, and the API server has no leeway for clocks.
        if (known.Keys.Count > 0 ? account.IsOver(time.GetUtcNow()) : !TokenReview.Knows(known, jwt, account)) throw VaultRefusal.BadToken;
        var metadata = new Dictionary<string, string>
        {
            ["role"] = name,
            ["service_account_name"] = account.Name,
            ["service_account_namespace"] = account.Namespace,
            ["service_account_secret_name"] = account.SecretName,
            ["service_account_uid"] = account.Uid,
        };
        var who = new LoggedIn(name, $"{account.Namespace}-{account.Name}", EntityOf(account.Uid), metadata);
        return tokens.Give(request, who, role.Terms, cidrs, () => Find(name)?.Terms);
    }

    private VaultAnswer Configure(VaultRequest request)
    {
        if (request.Reads) return VaultAnswer.OfData((config ?? throw VaultRefusal.NotFound).ToData());
        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        config = KubernetesConfig.Of(request.Data);
        return VaultAnswer.NoContent;
    }

    private VaultAnswer Role(VaultRequest request, string name)
    {
        if (request.Reads) return VaultAnswer.OfData((roles.GetValueOrDefault(name) ?? throw VaultRefusal.NotFound).ToData());
        if (request.Deletes) roles.Remove(name);
        else if (request.Writes) roles[name] = (roles.GetValueOrDefault(name) ?? new KubernetesRole()).With(request.Data.LookedFor);
        else throw VaultRefusal.UnsupportedOperation;
        return VaultAnswer.NoContent;
    }

    private KubernetesRole? Find(string name)
    {
        lock (gate) return roles.GetValueOrDefault(name.ToLowerInvariant());
    }

    private string EntityOf(string uid)
    {
        lock (gate)
        {
            if (!entities.TryGetValue(uid, out var entity)) entities[uid] = entity = Guid.NewGuid().ToString();
            return entity;
        }
    }

    private static string Required(RequestData data, string field) =>
        data.Text(field) is { Length: > 0 } text ? text : throw new VaultRefusal(400, $"missing {field}");
}

/// <summary><c>auth/:mount/config</c>: which service account tokens are accepted.</summary>
internal sealed record KubernetesConfig(string Host, IReadOnlyList<string> PemKeys, string Issuer, bool DisableIssuerValidation)
{
    /// <summary>The authorities in PEM that verify the API server; empty: those of this Vault's own pod.</summary>
    public string Authorities { get; private init; } = "";

    /// <summary>The token in requests to the API server. It is a secret. Empty: the token of this Vault's own pod or, if it has none, the token under review.</summary>
    public string ReviewerToken { get; private init; } = "";

    /// <summary>Leaves the token out.</summary>
    public override string ToString() => $"KubernetesConfig {{ {Host} }}";

    /// <summary>The keys in <see cref="PemKeys"/>, parsed.</summary>
    public required IReadOnlyList<SignatureKey> Keys { get; init; }

    public static KubernetesConfig Of(RequestData data)
    {
        var pems = data.Texts("pem_keys") ?? [];
        return new KubernetesConfig(
            data.Text("kubernetes_host") is { Length: > 0 } host ? host : throw new VaultRefusal(400, "no host provided"),
            pems, data.Text("issuer") ?? "", data.Flag("disable_iss_validation") ?? true)
        {
            Keys = [.. pems.Select(SignatureKey.FromPem)],
            Authorities = data.Text("kubernetes_ca_cert") ?? "",
            ReviewerToken = data.Text("token_reviewer_jwt") ?? "",
        };
    }

    public JsonObject ToData() => new()
    {
        ["disable_iss_validation"] = DisableIssuerValidation,
        ["disable_local_ca_jwt"] = false,
        ["issuer"] = Issuer,
        ["kubernetes_ca_cert"] = Authorities,
        ["kubernetes_host"] = Host,
        ["pem_keys"] = Json.List(PemKeys),
    };
}
