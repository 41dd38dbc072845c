using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// Does what an operator does before the controller starts. It runs in this process with the root token, through the same code
/// as HTTP requests. When Vault rejects a request, it throws an <see cref="InvalidOperationException"/> with Vault's message.
/// </summary>
public sealed partial class VaultSetup
{
    /// <summary>The name of the controller's policy and token role, as in Kubernetes-Vault.</summary>
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

    /// <summary>Enables the Kubernetes auth method below <c>auth/</c>. It accepts the tokens of one signer.</summary>
    /// <param name="signer">The signer whose tokens are accepted.</param>
    /// <param name="path">The path of the method.</param>
    public void EnableKubernetesAuth(ServiceAccountTokens signer, string path = "kubernetes")
    {
        Do("POST", $"sys/auth/{path}", new JsonObject { ["type"] = "kubernetes" });
        ConfigureKubernetesAuth([signer], path);
    }

    /// <summary>Replaces the signers whose tokens a Kubernetes auth method accepts, as when an API server gets another key.</summary>
    /// <param name="signers">The signers whose tokens are accepted from now on.</param>
    /// <param name="path">The path of the method.</param>
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
    /// Writes the controller's policy <c>kubernetes-vault</c>. It allows the controller to issue secret_ids
    /// for the given roles, to revoke by accessor, to read its own token role and to issue its certificate.
    /// </summary>
    /// <param name="roles">The AppRoles that the controller may issue for; <c>+</c> matches any.</param>
    /// <param name="path">The path of AppRole.</param>
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
    /// Creates the controller's token as the quick start of Kubernetes-Vault does: from the periodic
    /// token role <c>kubernetes-vault</c>, with the policy of <see cref="WriteControllerPolicy"/>.
    /// </summary>
    /// <param name="roles">The AppRoles that the controller may issue for; <c>+</c> matches any.</param>
    /// <param name="period">The token's period; null: 6 hours.</param>
    /// <param name="path">The path of AppRole.</param>
    /// <returns>The token. It is a secret.</returns>
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

    /// <summary>Issues a secret_id of an AppRole, as an operator does for a program that logs in with files.</summary>
    /// <returns>The secret_id. It is a secret.</returns>
    public string IssueSecretId(string name, string path = "approle") =>
        Do("POST", $"auth/{path}/role/{name}/secret-id", []).Data!["secret_id"]!.GetValue<string>();

    /// <summary>Revokes a token and so its children, while a program may use it.</summary>
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
