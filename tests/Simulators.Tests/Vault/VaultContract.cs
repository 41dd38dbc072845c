using System.Net;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// What every Vault must do, whatever its version: the client's methods and the behaviour they depend on. The simulated Vault
/// is always tested, and a real one where there is a binary. Error messages differ between versions, so they are not compared.
/// </summary>
public abstract class VaultContract
{
    private static readonly object Periodic = new { secret_id_ttl = "90s", secret_id_num_uses = 1, token_period = "6h", token_policies = VaultFixture.Role };

    [SkippableFact]
    public async Task Issue_look_up_unwrap_log_in()
    {
        await using var vault = await StartAsync();
        var roleId = await vault.EnableAppRoleAsync(Periodic);
        var wrap = await IssueAsync(vault, await vault.CreateControllerTokenAsync(), new Dictionary<string, string> { ["uid"] = "5f1c", ["node"] = "" });
        Assert.Equal((TimeSpan.FromMinutes(1), VaultFixture.SecretIdPath), (wrap.Ttl, wrap.CreationPath));
        var lookup = await vault.Client.LookupWrappingTokenAsync(wrap.Token, CancellationToken.None);
        Assert.Equal((wrap.CreationPath, wrap.Ttl), (lookup.CreationPath, lookup.CreationTtl));
        var secret = await vault.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None)));
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.LookupWrappingTokenAsync(wrap.Token, CancellationToken.None)));
        var auth = await vault.Client.LoginAsync(roleId, secret.Value, CancellationToken.None);
        Assert.Equal((TimeSpan.FromHours(6), true), (auth.LeaseDuration, auth.Renewable));
        Assert.Equal(["default", VaultFixture.Role], auth.Policies);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.LoginAsync(roleId, secret.Value, CancellationToken.None)));
        Assert.Equal("5f1c", (string)(await vault.DoAsync("GET", "auth/token/lookup-self", token: auth.ClientToken))["meta"]!["uid"]!);
    }

    [SkippableFact]
    public async Task The_controllers_token_is_looked_up_renewed_and_its_role_read()
    {
        await using var vault = await StartAsync();
        var token = await vault.CreateControllerTokenAsync();
        var lookup = await vault.Client.LookupSelfAsync(token, CancellationToken.None);
        Assert.Equal((TimeSpan.FromHours(6), "kubernetes-vault", true, "service"), (lookup.CreationTtl, lookup.Role, lookup.Renewable, lookup.Type));
        Assert.InRange(lookup.Ttl, TimeSpan.FromHours(6) - TimeSpan.FromMinutes(1), TimeSpan.FromHours(6));
        Assert.Equal(TimeSpan.FromHours(6), (await vault.Client.RenewSelfAsync(token, CancellationToken.None)).LeaseDuration);
        var role = await vault.Client.ReadTokenRoleAsync(token, "kubernetes-vault", CancellationToken.None);
        Assert.Equal(new TokenRole("kubernetes-vault", true, TimeSpan.FromHours(6), TimeSpan.Zero), role);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.ReadTokenRoleAsync(token, "other", CancellationToken.None)));
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.LookupSelfAsync("s.unknown", CancellationToken.None)));
    }

    [SkippableFact]
    public async Task A_token_asks_what_it_may_and_ends_itself()
    {
        await using var vault = await StartAsync();
        Assert.False((await vault.Client.ReadSealStatusAsync(CancellationToken.None)).Sealed);
        var token = await vault.CreateControllerTokenAsync();
        var may = await vault.Client.CapabilitiesSelfAsync(token, [VaultFixture.SecretIdPath, "auth/token/lookup-self", "auth/approle/role/other/secret-id"], CancellationToken.None);
        Assert.Equal(["update"], may[VaultFixture.SecretIdPath]);
        Assert.Equal(["read"], may["auth/token/lookup-self"]);
        Assert.Equal(["deny"], may["auth/approle/role/other/secret-id"]);
        await vault.Client.RevokeSelfAsync(token, CancellationToken.None);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.LookupSelfAsync(token, CancellationToken.None)));
    }

    [SkippableFact]
    public async Task Revoking_an_accessor_twice_is_no_failure_and_a_denied_role_is_permanent()
    {
        await using var vault = await StartAsync();
        await vault.EnableAppRoleAsync(Periodic);
        var token = await vault.CreateControllerTokenAsync();
        var wrap = await IssueAsync(vault, token);
        await vault.Client.RevokeAccessorAsync(token, wrap.Accessor, CancellationToken.None);
        await vault.Client.RevokeAccessorAsync(token, wrap.Accessor, CancellationToken.None);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None)));
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.IssueWrappedSecretIdAsync(
            token, "other", TimeSpan.FromMinutes(1), VaultFixture.NoMetadata, null, CancellationToken.None)));
    }

    [SkippableFact]
    public async Task A_secret_id_and_a_token_bound_to_another_address_are_refused()
    {
        await using var vault = await StartAsync();
        var roleId = await vault.EnableAppRoleAsync(Periodic);
        var bound = await vault.DoAsync("PUT", VaultFixture.SecretIdPath, new { cidr_list = new[] { "192.0.2.1/32" } });
        Assert.NotEqual(HttpStatusCode.OK, (await vault.SendAsync("PUT", "auth/approle/login", vault.RootToken, new { role_id = roleId, secret_id = (string)bound["secret_id"]! })).Status);
        var free = await vault.DoAsync("PUT", VaultFixture.SecretIdPath, new { token_bound_cidrs = new[] { "192.0.2.1/32" } });
        var auth = await vault.Client.LoginAsync(roleId, (string)free["secret_id"]!, CancellationToken.None);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.LookupSelfAsync(auth.ClientToken, CancellationToken.None)));
    }

    [SkippableFact]
    public async Task Renewals_end_at_the_greatest_age_and_batch_tokens_have_none()
    {
        await using var vault = await StartAsync();
        var roleId = await vault.EnableAppRoleAsync(new { token_ttl = "20m", token_max_ttl = "1h" });
        var auth = await LogInAsync(vault, roleId);
        Assert.Equal((TimeSpan.FromMinutes(20), true), (auth.LeaseDuration, auth.Renewable));
        Assert.Equal(TimeSpan.FromMinutes(20), (await vault.Client.RenewSelfAsync(auth.ClientToken, CancellationToken.None)).LeaseDuration);
        var renewed = await vault.DoAsync("PUT", "auth/token/renew-self", new { increment = "2h" }, auth.ClientToken);
        Assert.InRange((int)renewed["lease_duration"]!, 3540, 3600);

        await vault.DoAsync("POST", $"auth/approle/role/{VaultFixture.Role}", new { token_type = "batch" });
        var batch = await LogInAsync(vault, roleId);
        Assert.Equal(("", false), (batch.Accessor, batch.Renewable));
        Assert.Equal("batch", (await vault.Client.LookupSelfAsync(batch.ClientToken, CancellationToken.None)).Type);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.RenewSelfAsync(batch.ClientToken, CancellationToken.None)));
    }

    [SkippableTheory]
    [InlineData("""path "auth/approle/role/+/secret-id" { capabilities = ["update"] }""", true)]
    [InlineData("""path "auth/approle/role/sample-app/secret-id" { capabilities = ["read", "list"] }""", false)]
    [InlineData("""path "auth/approle/role/sample*" { capabilities = ["update"] } path "auth/*" { capabilities = ["deny"] }""", true)]
    [InlineData("""path "auth/approle/role/+/secret-id" { capabilities = ["deny"] } path "auth/approle/role/s*" { capabilities = ["update"] }""", true)]
    [InlineData("""path "auth/+/role/+/secret-id" { capabilities = ["update"] } path "auth/+/role/sample-app/secret-id" { capabilities = ["deny"] }""", false)]
    [InlineData("""path "auth/approle/role/+/secret-id" { capabilities = ["update"] } path "auth/approle/role/+/secret*" { capabilities = ["deny"] }""", true)]
    [InlineData("""path "auth/approle/role/sample-app/secret-id" { capabilities = ["update", "deny"] }""", false)]
    public async Task Policies_decide(string policy, bool allowed)
    {
        await using var vault = await StartAsync();
        await vault.EnableAppRoleAsync(Periodic);
        await vault.WritePolicyAsync("under-test", policy);
        var token = await vault.CreateTokenAsync(new { policies = new[] { "under-test" } });
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await vault.SendAsync("PUT", VaultFixture.SecretIdPath, token, new { })).Status);
    }

    [SkippableFact]
    public async Task A_policy_limits_for_how_long_a_secret_id_is_wrapped()
    {
        await using var vault = await StartAsync();
        await vault.EnableAppRoleAsync(Periodic);
        await vault.WritePolicyAsync("under-test", $$"""path "{{VaultFixture.SecretIdPath}}" { capabilities = ["update"] min_wrapping_ttl = "10s" max_wrapping_ttl = "60s" }""");
        var token = await vault.CreateTokenAsync(new { policies = new[] { "under-test" } });
        foreach (var (seconds, allowed) in new[] { (9, false), (10, true), (60, true), (61, false) })
        {
            var wrap = () => vault.Client.IssueWrappedSecretIdAsync(token, VaultFixture.Role, TimeSpan.FromSeconds(seconds), VaultFixture.NoMetadata, null, CancellationToken.None);
            if (allowed) Assert.Equal(TimeSpan.FromSeconds(seconds), (await wrap()).Ttl);
            else Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<VaultException>(wrap)).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await vault.SendAsync("PUT", VaultFixture.SecretIdPath, token, new { })).Status);
    }

    [SkippableFact]
    public async Task A_token_that_is_counted_or_has_an_end_of_its_own_says_so()
    {
        await using var vault = await StartAsync();
        var token = await vault.CreateTokenAsync(new { policies = new[] { "default" }, period = "1h", explicit_max_ttl = "2h", num_uses = 2 });
        var lookup = await vault.Client.LookupSelfAsync(token, CancellationToken.None);
        Assert.Equal((1, TimeSpan.FromHours(2), false), (lookup.NumUses, lookup.ExplicitMaxTtl, lookup.IsOrphan));
        Assert.True((await vault.Client.LookupSelfAsync(token, CancellationToken.None)).NumUses < 0);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.LookupSelfAsync(token, CancellationToken.None)));
    }

    [SkippableFact]
    public async Task A_child_dies_with_its_parent()
    {
        await using var vault = await StartAsync();
        await vault.WritePolicyAsync("maker", """path "auth/token/create" { capabilities = ["update"] }""");
        var parent = await vault.CreateTokenAsync(new { policies = new[] { "maker" } });
        var child = await vault.CreateTokenAsync(new { }, parent);
        await vault.Client.LookupSelfAsync(child, CancellationToken.None);
        await vault.DoAsync("PUT", "auth/token/revoke-self", new { }, parent);
        Assert.Equal(VaultFailure.Permanent, await FailureAsync(() => vault.Client.LookupSelfAsync(child, CancellationToken.None)));
    }

    [SkippableFact]
    public async Task PKI_issues_certificates_that_chain_to_its_root_and_a_deleted_root_is_replaced()
    {
        await using var vault = await StartAsync();
        await vault.DoAsync("POST", "sys/mounts/pki", new { type = "pki", config = new { max_lease_ttl = "8760h" } });
        await vault.DoAsync("POST", "pki/root/generate/internal", new { common_name = "Root CA", key_type = "ec", key_bits = 256, ttl = "8760h" });
        await vault.DoAsync("POST", "pki/roles/web", new { allow_any_name = true, max_ttl = "24h", key_type = "ec", key_bits = 256 });
        using var root = X509Certificate2.CreateFromPem(await vault.Http.GetStringAsync("v1/pki/ca/pem"));
        var issued = await vault.DoAsync("PUT", "pki/issue/web", new { common_name = "vault.example.org", ip_sans = "127.0.0.1", ttl = "1h" });
        using var leaf = X509Certificate2.CreateFromPem((string)issued["certificate"]!, (string)issued["private_key"]!);
        Assert.True(leaf.HasPrivateKey && leaf.MatchesHostname("vault.example.org") && leaf.MatchesHostname("127.0.0.1"));
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { root } },
        };
        Assert.True(chain.Build(leaf));

        await vault.DoAsync("DELETE", "pki/root");
        await vault.DoAsync("POST", "pki/root/generate/internal", new { common_name = "Root CA", key_type = "ec", key_bits = 256, ttl = "8760h" });
        Assert.NotEqual(root.ExportCertificatePem(), (await vault.Http.GetStringAsync("v1/pki/ca/pem")).Trim());
    }

    [SkippableFact]
    public async Task A_Kubernetes_login_needs_a_role_and_a_token()
    {
        await using var vault = await StartAsync();
        await vault.DoAsync("POST", "sys/auth/k8s", new { type = "kubernetes" });
        foreach (var body in new object[] { new { }, new { role = "x" }, new { role = "x", jwt = "x" } })
            Assert.Equal(HttpStatusCode.BadRequest, (await vault.SendAsync("POST", "auth/k8s/login", vault.RootToken, body)).Status);
    }

    /// <summary>Starts a fresh Vault, or skips the test and gives the reason.</summary>
    private protected abstract Task<VaultFixture> StartAsync();

    private static Task<WrappingToken> IssueAsync(VaultFixture vault, string token, IReadOnlyDictionary<string, string>? metadata = null) =>
        vault.Client.IssueWrappedSecretIdAsync(token, VaultFixture.Role, TimeSpan.FromMinutes(1), metadata ?? VaultFixture.NoMetadata, null, CancellationToken.None);

    private static async Task<VaultAuth> LogInAsync(VaultFixture vault, string roleId)
    {
        var secret = await vault.DoAsync("PUT", VaultFixture.SecretIdPath, new { });
        return await vault.Client.LoginAsync(roleId, (string)secret["secret_id"]!, CancellationToken.None);
    }

    private static async Task<VaultFailure> FailureAsync(Func<Task> call) => (await Assert.ThrowsAsync<VaultException>(call)).Failure;
}
