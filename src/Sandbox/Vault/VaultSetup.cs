using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// What an operator does before the controller starts, in process but through the same code as HTTP, with the root token.
/// What Vault refuses is an <see cref="InvalidOperationException"/> with Vault's words.
/// </summary>
public sealed partial class VaultSetup
{
    /// <summary>The controller's policy and token role, as the original names them.</summary>
    private const string Controller = "kubernetes-vault";

    private readonly VaultState state;
    private readonly VaultRouter router;

    internal VaultSetup(VaultState state, VaultRouter router)
    {
        this.state = state;
        this.router = router;
    }

    /// <summary>Enables the AppRole auth method below <c>auth/</c>.</summary>
    public void EnableAppRole(string path = "approle") => Do("POST", $"sys/auth/{path}", new JsonObject { ["type"] = "approle" });

    /// <summary>Creates or changes an AppRole.</summary>
    public void CreateAppRole(string name, AppRoleSettings? settings = null, string path = "approle")
    {
        settings ??= new AppRoleSettings();
        var body = new JsonObject
        {
            ["secret_id_ttl"] = GoDuration.Format(settings.SecretIdTtl),
            ["secret_id_num_uses"] = settings.SecretIdNumUses,
            ["token_period"] = GoDuration.Format(settings.Period),
            ["token_policies"] = Json.List(settings.Policies),
            ["token_ttl"] = GoDuration.Format(settings.TokenTtl),
            ["token_max_ttl"] = GoDuration.Format(settings.TokenMaxTtl),
            ["token_type"] = settings.TokenType,
            ["token_bound_cidrs"] = Json.List(settings.TokenBoundCidrs),
        };
        if (settings.SecretIdBoundCidrs.Count > 0) body["secret_id_bound_cidrs"] = Json.List(settings.SecretIdBoundCidrs);
        Do("POST", $"auth/{path}/role/{name}", body);
    }

    /// <summary>The role_id of an AppRole.</summary>
    public string ReadRoleId(string name, string path = "approle") =>
        Do("GET", $"auth/{path}/role/{name}/role-id", null).Data!["role_id"]!.GetValue<string>();

    /// <summary>Enables the Kubernetes auth method below <c>auth/</c>, believing the tokens of one signer.</summary>
    /// <param name="signer">Whose tokens are believed.</param>
    /// <param name="path">Where.</param>
    public void EnableKubernetesAuth(ServiceAccountTokens signer, string path = "kubernetes")
    {
        Do("POST", $"sys/auth/{path}", new JsonObject { ["type"] = "kubernetes" });
        ConfigureKubernetesAuth([signer], path);
    }

    /// <summary>Replaces the signers that a Kubernetes auth method believes, as when an API server gets another key.</summary>
    /// <param name="signers">Whose tokens are believed from now on.</param>
    /// <param name="path">Where the method is enabled.</param>
    public void ConfigureKubernetesAuth(IEnumerable<ServiceAccountTokens> signers, string path = "kubernetes") =>
        Do("POST", $"auth/{path}/config", new JsonObject
        {
            ["kubernetes_host"] = "https://kubernetes.default.svc",
            ["pem_keys"] = Json.List(signers.Select(signer => signer.PublicKeyPem)),
        });

    /// <summary>Creates or changes a role of a Kubernetes auth method.</summary>
    public void CreateKubernetesRole(string name, KubernetesRoleSettings settings, string path = "kubernetes")
    {
        var body = new JsonObject
        {
            ["bound_service_account_names"] = Json.List(settings.ServiceAccounts),
            ["bound_service_account_namespaces"] = Json.List(settings.Namespaces),
            ["token_policies"] = Json.List(settings.Policies),
            ["token_ttl"] = GoDuration.Format(settings.TokenTtl),
            ["token_max_ttl"] = GoDuration.Format(settings.TokenMaxTtl),
            ["token_period"] = GoDuration.Format(settings.Period),
            ["token_type"] = settings.TokenType,
            ["token_bound_cidrs"] = Json.List(settings.TokenBoundCidrs),
        };
        if (settings.Audience is not null) body["audience"] = settings.Audience;
        Do("POST", $"auth/{path}/role/{name}", body);
    }

    /// <summary>Writes a policy in HCL.</summary>
    public void WritePolicy(string name, string policy) => Do("PUT", $"sys/policies/acl/{name}", new JsonObject { ["policy"] = policy });

    /// <summary>
    /// Writes the policy <c>kubernetes-vault</c> of a controller: it issues secret_ids for the roles named, revokes by accessor,
    /// reads its own token role and issues its certificate.
    /// </summary>
    /// <param name="roles">The AppRoles it may issue for; <c>+</c> stands for any.</param>
    /// <param name="path">Where AppRole is enabled.</param>
    public void WriteControllerPolicy(IEnumerable<string> roles, string path = "approle")
    {
        var policy = new StringBuilder()
            .AppendLine($$"""path "intermediate-ca/issue/{{Controller}}" { capabilities = ["update"] }""")
            .AppendLine($$"""path "auth/token/roles/{{Controller}}" { capabilities = ["read"] }""")
            .AppendLine("""path "auth/token/revoke-accessor" { capabilities = ["update"] }""");
        foreach (var role in roles)
            policy.AppendLine($$"""path "auth/{{path}}/role/{{role}}/secret-id" { capabilities = ["update"] }""");
        WritePolicy(Controller, policy.ToString());
    }

    /// <summary>
    /// The controller's token as the original's quick start makes it: of the periodic token role <c>kubernetes-vault</c>, with the
    /// policy of <see cref="WriteControllerPolicy"/>.
    /// </summary>
    /// <param name="roles">The AppRoles it may issue for; <c>+</c> stands for any.</param>
    /// <param name="period">The token's period; null: 6 hours.</param>
    /// <param name="path">Where AppRole is enabled.</param>
    /// <returns>The token. A secret.</returns>
    public string CreateControllerToken(IEnumerable<string> roles, TimeSpan? period = null, string path = "approle")
    {
        WriteControllerPolicy(roles, path);
        Do("POST", $"auth/token/roles/{Controller}", new JsonObject
        {
            ["allowed_policies"] = Controller,
            ["period"] = GoDuration.Format(period ?? TimeSpan.FromHours(6)),
        });
        return Do("POST", $"auth/token/create/{Controller}", []).Auth!["client_token"]!.GetValue<string>();
    }

    /// <summary>A secret_id of an AppRole, as an operator hands it to whoever logs in by files.</summary>
    /// <returns>The secret_id. A secret.</returns>
    public string IssueSecretId(string name, string path = "approle") =>
        Do("POST", $"auth/{path}/role/{name}/secret-id", []).Data!["secret_id"]!.GetValue<string>();

    /// <summary>Revokes a token, and so its children, under whoever uses it.</summary>
    public void RevokeToken(string token) => Do("POST", "auth/token/revoke", new JsonObject { ["token"] = token });

    private VaultAnswer Do(string method, string path, JsonObject? body)
    {
        var request = new VaultRequest
        {
            Method = method,
            Path = path,
            RemoteAddress = IPAddress.Loopback,
            Token = state.Root.Id,
            TokenAccessor = state.Root.Accessor,
            Body = body is null ? default(ReadOnlyMemory<byte>) : Encoding.UTF8.GetBytes(body.ToJsonString()),
        };
        var answer = router.Handle(request);
        return answer.Status < 400
            ? answer
            : throw new InvalidOperationException($"{method} {path}: {answer.Status} {answer.Plain?["errors"]?.ToJsonString()}");
    }
}
