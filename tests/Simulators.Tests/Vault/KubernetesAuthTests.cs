using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>Logins with the tokens of service accounts.</summary>
public sealed class KubernetesAuthTests
{
    private static readonly KubernetesRoleSettings Role = new()
    {
        ServiceAccounts = ["controller"],
        Namespaces = ["vault-*"],
        Policies = ["kubernetes-vault"],
        Audience = "vault",
        TokenTtl = TimeSpan.FromMinutes(20),
        TokenMaxTtl = TimeSpan.FromMinutes(30),
    };

    [Theory]
    [InlineData(ServiceAccountSignature.ES256)]
    [InlineData(ServiceAccountSignature.RS256)]
    public async Task A_service_account_gets_a_token_that_says_who_it_is(ServiceAccountSignature signature)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        using var signer = Enable(fixture, signature);
        var (status, body, _) = await LoginAsync(fixture, signer.Sign("vault-system", "controller", audiences: ["vault"], uid: "5f1c"));
        Assert.True((int)status == 200, body?.ToJsonString());
        var auth = body!["auth"]!;
        Assert.Equal((1200, true, "service"), ((int)auth["lease_duration"]!, (bool)auth["renewable"]!, (string)auth["token_type"]!));
        Assert.Equal(["default", "kubernetes-vault"], auth["policies"]!.AsArray().Select(policy => (string)policy!));
        Assert.Equal(
            """{"role":"controller","service_account_name":"controller","service_account_namespace":"vault-system","service_account_secret_name":"","service_account_uid":"5f1c"}""",
            auth["metadata"]!.ToJsonString());
        var token = (string)auth["client_token"]!;
        var (_, lookup, _) = await fixture.SendAsync("GET", "auth/token/lookup-self", token);
        Assert.Equal("cluster-a-k8s-vault-system-controller", (string)lookup!["data"]!["display_name"]!);
        Assert.NotNull(await fixture.Client.IssueWrappedSecretIdAsync(
            token, SimulatedVaultFixture.Role, TimeSpan.FromMinutes(1), SimulatedVaultFixture.NoMetadata, null, CancellationToken.None));

        fixture.Clock.Advance(TimeSpan.FromMinutes(19));
        Assert.Equal(TimeSpan.FromMinutes(11), (await fixture.Client.RenewSelfAsync(token, CancellationToken.None)).LeaseDuration);
    }

    [Theory]
    [InlineData("vault-system", "other", "vault", 60, 403, "service account name not authorized")]
    [InlineData("default", "controller", "vault", 60, 403, "namespace not authorized")]
    [InlineData("vault-system", "controller", "else", 60, 403, "invalid audience (aud) claim: audience claim does not match any expected audience")]
    [InlineData("vault-system", "controller", "vault", -1, 403, "permission denied")]
    [InlineData("vault-system", "controller", "vault", -61, 403, "invalid expiration time (exp) claim: token is expired")]
    public async Task Others_are_refused_in_the_plugins_words(string ns, string name, string audience, int seconds, int expected, string why)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        using var signer = Enable(fixture);
        Assert.Equal((expected, why), Refusal(await LoginAsync(fixture, signer.Sign(ns, name, TimeSpan.FromSeconds(seconds), [audience]))));
    }

    [Fact]
    public async Task A_token_of_another_signer_is_denied_until_its_key_is_configured()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        using var signer = Enable(fixture);
        using var other = new ServiceAccountTokens(fixture.Clock);
        var forged = other.Sign("vault-system", "controller", audiences: ["vault"]);
        Assert.Equal((403, "permission denied"), Refusal(await LoginAsync(fixture, forged)));
        Assert.Equal((403, "permission denied"), Refusal(await LoginAsync(fixture, "no.json.token")));
        fixture.Vault.Setup.ConfigureKubernetesAuth([signer, other], "cluster-a/k8s");
        Assert.Equal(200, (int)(await LoginAsync(fixture, forged)).Status);
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var root = fixture.Vault.RootToken;
        await fixture.SendAsync("POST", "sys/auth/cluster-a/k8s", root, new { type = "kubernetes" });
        Assert.Equal(404, (int)(await fixture.SendAsync("GET", "auth/cluster-a/k8s/config", root)).Status);
        Assert.Equal((400, "missing role"), Refusal(await LoginAsync(fixture, "x", role: "")));
        Assert.Equal((400, "missing jwt"), Refusal(await LoginAsync(fixture, "")));
        Assert.Equal((400, "invalid role name \"controller\""), Refusal(await LoginAsync(fixture, "x")));
        fixture.Vault.Setup.CreateKubernetesRole("controller", Role, "cluster-a/k8s");
        Assert.Equal((500, "could not load backend configuration"), Refusal(await LoginAsync(fixture, "x")));
        const string config = "auth/cluster-a/k8s/config";
        Assert.Equal((400, "no host provided"), Refusal(await fixture.SendAsync("POST", config, root, new { })));
        Assert.Equal(
            (400, "data does not contain any valid RSA or ECDSA public keys"),
            Refusal(await fixture.SendAsync("POST", config, root, new { kubernetes_host = "h", pem_keys = "nonsense" })));
        Assert.Equal(
            (400, "\"bound_service_account_names\" can not be empty"),
            Refusal(await fixture.SendAsync("POST", "auth/cluster-a/k8s/role/x", root, new { bound_service_account_namespaces = "a" })));
        Assert.Equal(
            (400, "can not mix \"*\" with values"),
            Refusal(await fixture.SendAsync("POST", "auth/cluster-a/k8s/role/x", root, new { bound_service_account_names = "*,b", bound_service_account_namespaces = "a" })));
    }

    [Fact]
    public async Task A_role_bound_to_addresses_denies_logins_from_elsewhere()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        using var signer = Enable(fixture);
        fixture.Vault.Setup.CreateKubernetesRole("controller", Role with { TokenBoundCidrs = ["127.0.0.2/32"] }, "cluster-a/k8s");
        var jwt = signer.Sign("vault-system", "controller", audiences: ["vault"]);
        using var there = fixture.From("127.0.0.2");
        Assert.Equal((403, "permission denied"), Refusal(await LoginAsync(fixture, jwt)));
        Assert.Equal(200, (int)(await LoginAsync(fixture, jwt, over: there)).Status);
    }

    private static ServiceAccountTokens Enable(SimulatedVaultFixture fixture, ServiceAccountSignature signature = ServiceAccountSignature.ES256)
    {
        var signer = new ServiceAccountTokens(fixture.Clock, signature);
        fixture.Vault.Setup.EnableKubernetesAuth(signer, "cluster-a/k8s");
        fixture.Vault.Setup.CreateKubernetesRole("controller", Role, "cluster-a/k8s");
        return signer;
    }

    private static Task<(System.Net.HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response)> LoginAsync(
        SimulatedVaultFixture fixture, string jwt, string role = "controller", HttpClient? over = null) =>
        fixture.SendAsync("POST", "auth/cluster-a/k8s/login", null, new { role, jwt }, over);

    private static (int Status, string Why) Refusal((System.Net.HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response) answer) =>
        ((int)answer.Status, answer.Body?["errors"]?[0]?.GetValue<string>() ?? "none");
}
