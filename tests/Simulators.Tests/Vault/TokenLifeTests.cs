using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>How long tokens of logins live, and how far renewals extend them.</summary>
public sealed class TokenLifeTests
{
    [Fact]
    public async Task Renewals_give_less_and_less_as_the_greatest_age_comes_near()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var auth = await LoginAsync(fixture, new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromMinutes(20), TokenMaxTtl = TimeSpan.FromMinutes(50) });
        Assert.Equal((TimeSpan.FromMinutes(20), true), (auth.LeaseDuration, auth.Renewable));
        foreach (var (after, lease) in new[] { (15, 20), (15, 20), (15, 5), (4, 1) })
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(after));
            var (_, body, _) = await fixture.SendAsync("PUT", "auth/token/renew-self", auth.ClientToken, new { });
            Assert.Equal(60 * lease, (int)body!["auth"]!["lease_duration"]!);
            Assert.Equal(lease < 20, body["warnings"] is not null);
        }

        Assert.True((await fixture.Client.LookupSelfAsync(auth.ClientToken, CancellationToken.None)).Renewable);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var e = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.RenewSelfAsync(auth.ClientToken, CancellationToken.None));
        Assert.Equal((VaultFailure.Permanent, "permission denied"), (e.Failure, Assert.Single(e.Errors)));
    }

    [Fact]
    public async Task An_increment_is_given_up_to_the_greatest_age()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var auth = await LoginAsync(fixture, new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromMinutes(20), TokenMaxTtl = TimeSpan.FromHours(1) });
        foreach (var (asked, given) in new[] { ("10m", 600), ("2h", 3600) })
        {
            var (_, body, _) = await fixture.SendAsync("PUT", "auth/token/renew-self", auth.ClientToken, new { increment = asked });
            Assert.Equal(given, (int)body!["auth"]!["lease_duration"]!);
        }
    }

    [Fact]
    public async Task An_increment_beyond_the_greatest_age_shows_what_that_leaves_and_a_second_one_sets_the_lease_back()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var auth = await LoginAsync(fixture, new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromMinutes(20), TokenMaxTtl = TimeSpan.FromHours(24) });
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var (_, body, _) = await fixture.SendAsync("PUT", "auth/token/renew-self", auth.ClientToken, new { increment = "8760h" });
        Assert.Equal((24 * 3600) - 60, (int)body!["auth"]!["lease_duration"]!);
        Assert.Equal("TTL of \"8760h\" exceeded the effective max_ttl of \"23h59m\"; TTL value is capped accordingly", (string?)Assert.Single(body["warnings"]!.AsArray()));
        Assert.Equal(auth.LeaseDuration, (await fixture.Client.RenewSelfAsync(auth.ClientToken, auth.LeaseDuration, CancellationToken.None)).LeaseDuration);
        Assert.Equal(auth.LeaseDuration, (await fixture.Client.LookupSelfAsync(auth.ClientToken, CancellationToken.None)).Ttl);
    }

    [Fact]
    public async Task A_period_wins_over_an_increment_and_the_look_up_shows_it()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var auth = await LoginAsync(fixture, new AppRoleSettings { Period = TimeSpan.FromMinutes(20) });
        var (_, body, _) = await fixture.SendAsync("PUT", "auth/token/renew-self", auth.ClientToken, new { increment = "8760h" });
        Assert.Equal(1200, (int)body!["auth"]!["lease_duration"]!);
        Assert.Null(body["warnings"]);
        Assert.Equal(TimeSpan.FromMinutes(20), (await fixture.Client.LookupSelfAsync(auth.ClientToken, CancellationToken.None)).Period);
        var other = await LoginAsync(fixture, new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromMinutes(20), TokenMaxTtl = TimeSpan.FromMinutes(20) });
        Assert.Equal(other.LeaseDuration, (await fixture.Client.RenewSelfAsync(other.ClientToken, TimeSpan.FromHours(8760), CancellationToken.None)).LeaseDuration);
        Assert.Equal(TimeSpan.Zero, (await fixture.Client.LookupSelfAsync(other.ClientToken, CancellationToken.None)).Period);
    }

    [Fact]
    public async Task A_periodic_token_outlives_its_roles_greatest_age_and_takes_over_what_its_role_says_now()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var auth = await LoginAsync(fixture, new AppRoleSettings { Period = TimeSpan.FromMinutes(10) });
        for (var i = 0; i < 10; i++)
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(9));
            Assert.Equal(TimeSpan.FromMinutes(10), (await fixture.Client.RenewSelfAsync(auth.ClientToken, CancellationToken.None)).LeaseDuration);
        }

        fixture.Vault.Setup.CreateAppRole(SimulatedVaultFixture.Role, new AppRoleSettings { Period = TimeSpan.FromMinutes(30) });
        Assert.Equal(TimeSpan.FromMinutes(30), (await fixture.Client.RenewSelfAsync(auth.ClientToken, CancellationToken.None)).LeaseDuration);
        await fixture.SendAsync("DELETE", $"auth/approle/role/{SimulatedVaultFixture.Role}", fixture.Vault.RootToken);
        var e = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.RenewSelfAsync(auth.ClientToken, CancellationToken.None));
        Assert.Equal((VaultFailure.Transient, 500), (e.Failure, (int)e.Status!));
    }

    [Fact]
    public async Task A_batch_token_is_neither_renewed_nor_revoked()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var auth = await LoginAsync(fixture, new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromMinutes(20), TokenType = "batch" });
        Assert.StartsWith("b.", auth.ClientToken);
        Assert.Equal(("", false), (auth.Accessor, auth.Renewable));
        var lookup = await fixture.Client.LookupSelfAsync(auth.ClientToken, CancellationToken.None);
        Assert.Equal(("batch", false), (lookup.Type, lookup.Renewable));
        foreach (var (path, why) in new[] { ("renew-self", "batch tokens cannot be renewed"), ("revoke-self", "batch tokens cannot be revoked") })
        {
            var (status, body, _) = await fixture.SendAsync("PUT", $"auth/token/{path}", auth.ClientToken, new { });
            Assert.Equal((400, why), ((int)status, (string)body!["errors"]![0]!));
        }
    }

    [Fact]
    public async Task A_controller_logs_in_by_AppRole_and_its_token_is_revoked_under_it()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.WriteControllerPolicy([SimulatedVaultFixture.Role]);
        fixture.Vault.Setup.CreateAppRole("controller", new AppRoleSettings { Policies = ["kubernetes-vault"], SecretIdNumUses = 0, SecretIdTtl = TimeSpan.Zero });
        var secret = fixture.Vault.Setup.IssueSecretId("controller");
        for (var i = 0; i < 2; i++)
        {
            var auth = await fixture.Client.LoginAsync(fixture.Vault.Setup.ReadRoleId("controller"), secret, CancellationToken.None);
            Assert.NotNull(await fixture.Client.IssueWrappedSecretIdAsync(
                auth.ClientToken, SimulatedVaultFixture.Role, TimeSpan.FromMinutes(1), SimulatedVaultFixture.NoMetadata, null, CancellationToken.None));
            fixture.Vault.Setup.RevokeToken(auth.ClientToken);
            var e = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.LookupSelfAsync(auth.ClientToken, CancellationToken.None));
            Assert.Equal(403, (int)e.Status!);
        }
    }

    [Theory]
    [InlineData("""{"token_type":"fancy"}""", "invalid 'token_type' value \"fancy\"")]
    [InlineData("""{"token_ttl":"2h","token_max_ttl":"1h"}""", "'token_ttl' cannot be greater than 'token_max_ttl'")]
    [InlineData("""{"token_type":"batch","token_period":"1h"}""", "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens")]
    [InlineData("""{"token_type":"batch","token_num_uses":2}""", "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count")]
    public async Task Terms_that_contradict_each_other_are_refused(string body, string why)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var (status, answer, _) = await fixture.SendAsync(
            "POST", "auth/approle/role/other", fixture.Vault.RootToken, System.Text.Json.Nodes.JsonNode.Parse(body));
        Assert.Equal((400, why), ((int)status, (string)answer!["errors"]![0]!));
    }

    private static async Task<VaultAuth> LoginAsync(SimulatedVaultFixture fixture, AppRoleSettings settings)
    {
        fixture.Vault.Setup.CreateAppRole(SimulatedVaultFixture.Role, settings);
        var wrap = await fixture.IssueAsync();
        var secret = await fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None);
        return await fixture.Client.LoginAsync(fixture.RoleId, secret.Value, CancellationToken.None);
    }
}
