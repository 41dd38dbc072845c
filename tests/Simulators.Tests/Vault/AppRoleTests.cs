using System.Net;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>Secret_ids: number of uses, lifetime and addresses, and what their tokens are bound to.</summary>
public sealed class AppRoleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_secret_id_is_good_for_its_number_of_uses(int uses)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.CreateAppRole(SimulatedVaultFixture.Role, new AppRoleSettings { SecretIdNumUses = uses });
        var secret = await SecretIdAsync(fixture, new { });
        for (var i = 0; i < uses; i++) await fixture.Client.LoginAsync(fixture.RoleId, secret, CancellationToken.None);
        var e = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.LoginAsync(fixture.RoleId, secret, CancellationToken.None));
        Assert.Equal(["invalid secret id"], e.Errors);
        Assert.Equal(uses, fixture.Vault.LiveTokens.Count(token => token.Path == "auth/approle/login"));
    }

    [Fact]
    public async Task A_secret_id_ends_with_its_time()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var secret = await SecretIdAsync(fixture, new { });
        fixture.Clock.Advance(TimeSpan.FromSeconds(90));
        var e = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.LoginAsync(fixture.RoleId, secret, CancellationToken.None));
        Assert.Equal(["invalid secret id"], e.Errors);
    }

    [Theory]
    [InlineData("127.0.0.77/32", false)]
    [InlineData("127.0.0.0/8", true)]
    public async Task A_secret_id_bound_to_addresses_is_taken_only_from_them(string block, bool taken)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var secret = await SecretIdAsync(fixture, new { cidr_list = new[] { block } });
        var login = () => fixture.Client.LoginAsync(fixture.RoleId, secret, CancellationToken.None);
        if (taken)
        {
            Assert.True(fixture.Vault.IsLiveToken((await login()).ClientToken));
            return;
        }

        var e = await Assert.ThrowsAsync<VaultException>(login);
        Assert.Equal(["source address \"127.0.0.1\" unauthorized by CIDR restrictions on the secret ID: %!w(<nil>)"], e.Errors);
    }

    [Fact]
    public async Task A_token_bound_to_another_address_is_refused_here()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var secret = await SecretIdAsync(fixture, new { token_bound_cidrs = new[] { "127.0.0.77/32" } });
        var auth = await fixture.Client.LoginAsync(fixture.RoleId, secret, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.SendAsync("GET", "auth/token/lookup-self", auth.ClientToken)).Status);
    }

    [Fact]
    public async Task A_login_token_carries_the_metadata_of_its_secret_id()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var secret = await SecretIdAsync(fixture, new { metadata = """{"uid":"5f1c"}""" });
        var auth = await fixture.Client.LoginAsync(fixture.RoleId, secret, CancellationToken.None);
        var live = Assert.Single(fixture.Vault.LiveTokens, token => token.Accessor == auth.Accessor);
        Assert.Equal(("5f1c", SimulatedVaultFixture.Role), (live.Metadata["uid"], live.Metadata["role_name"]));
    }

    [Fact]
    public async Task AppRole_may_be_enabled_at_any_path()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.EnableAppRole("team/apps");
        fixture.Vault.Setup.CreateAppRole("web", path: "team/apps");
        var token = fixture.Vault.Setup.CreateControllerToken(["web"], path: "team/apps");
        var client = new VaultClient(fixture.Http, "team/apps");
        var wrap = await client.IssueWrappedSecretIdAsync(token, "web", TimeSpan.FromMinutes(1), SimulatedVaultFixture.NoMetadata, null, CancellationToken.None);
        Assert.Equal("auth/team/apps/role/web/secret-id", wrap.CreationPath);
        var secret = await client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None);
        var auth = await client.LoginAsync(fixture.Vault.Setup.ReadRoleId("web", "team/apps"), secret.Value, CancellationToken.None);
        Assert.True(fixture.Vault.IsLiveToken(auth.ClientToken));
    }

    private static async Task<string> SecretIdAsync(SimulatedVaultFixture fixture, object body)
    {
        var (_, answer, _) = await fixture.SendAsync("PUT", SimulatedVaultFixture.SecretIdPath, fixture.ControllerToken, body);
        return (string)answer!["data"]!["secret_id"]!;
    }
}
