namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>What policies in HCL allow. A token with one policy asks over HTTP.</summary>
public sealed class PolicyTests
{
    [Theory]
    [InlineData("""path "auth/approle/role/sample-app/secret-id" { capabilities = ["update"] }""", true)]
    [InlineData("""path "auth/approle/role/sample-app/secret-id" { capabilities = ["read", "list"] }""", false)]
    [InlineData("""path "auth/approle/role/+/secret-id" { capabilities = ["update"] }""", true)]
    [InlineData("""path "auth/approle/+/secret-id" { capabilities = ["update"] }""", false)]
    [InlineData("""path "auth/approle/*" { capabilities = ["update",] }""", true)]
    [InlineData("""path "auth/+/role/sample*" { capabilities = ["update"] }""", true)]
    [InlineData("""path "auth/+/role/other*" { capabilities = ["update"] }""", false)]
    [InlineData("""path "auth/approle/role" { capabilities = ["update"] }""", false)]
    [InlineData("path \"auth/approle/role/sample-app/secret-id\" { policy = \"write\" }", true)]
    [InlineData("path \"auth/approle/role/sample-app/secret-id\" { policy = \"read\" }", false)]
    [InlineData("path \"*\" { capabilities = [\"update\"] }", true)]
    [InlineData("path \"auth/approle/role/+app/secret-id\" { capabilities = [\"update\"] }", false)]
    [InlineData("path \"auth/+/role/+/+\" { capabilities = [\"update\"] }", true)]
    [InlineData("path \"auth/approle/role/sample-app/secret-id\" { capabilities = [\"update\", \"deny\"] }", false)]
    [InlineData("path \"auth/approle/role/sample-app/secret-id\" { capabilities = [\"update\"] min_wrapping_ttl = \"1s\" }", false)]
    // Of several patterns that match, these have priority: the one with the later wildcard, then
    // the one without a star at the end, then the one with fewer pluses, then the longer one.
    [InlineData("path \"auth/approle/role/+/secret-id\" { capabilities = [\"deny\"] } path \"auth/approle/role/s*\" { capabilities = [\"update\"] }", true)]
    [InlineData("path \"auth/+/role/sample-app/secret-id\" { capabilities = [\"update\"] } path \"auth/approle/+/+/+\" { capabilities = [\"deny\"] }", false)]
    [InlineData("path \"auth/approle/role/+/secret-id\" { capabilities = [\"update\"] } path \"auth/approle/role/+/secret*\" { capabilities = [\"deny\"] }", true)]
    [InlineData("path \"auth/approle/role/+/secret-id\" { capabilities = [\"update\"] } path \"auth/approle/role/*\" { capabilities = [\"deny\"] }", true)]
    [InlineData("path \"auth/+/role/+/secret-id\" { capabilities = [\"deny\"] } path \"auth/+/role/sample-app/secret-id\" { capabilities = [\"update\"] }", true)]
    [InlineData("path \"auth/+/role/sample*\" { capabilities = [\"update\"] } path \"auth/+/role/s*\" { capabilities = [\"deny\"] }", true)]
    [InlineData(
        """
        # The narrower path decides.
        path "auth/*" { capabilities = ["update"] }
        path "auth/approle/role/sample-app/secret-id" { // not this one
          capabilities = ["deny"]
        }
        """,
        false)]
    [InlineData(
        """
        path "auth/*" { capabilities = ["deny"] }
        /* narrower
           again */
        path "auth/approle/role/sample-app/*" { capabilities = ["update"] }
        """,
        true)]
    public async Task A_path_is_allowed_by_its_most_specific_rule_and_denied_by_default(string policy, bool allowed)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.WritePolicy("under-test", policy);
        var (_, created, _) = await fixture.SendAsync("POST", "auth/token/create", fixture.Vault.RootToken, new { policies = new[] { "under-test" } });
        var token = (string)created!["auth"]!["client_token"]!;
        var (status, body, _) = await fixture.SendAsync("PUT", SimulatedVaultFixture.SecretIdPath, token, new { });
        Assert.Equal(allowed ? 200 : 403, (int)status);
        if (!allowed) Assert.Equal("1 error occurred:\n\t* permission denied\n\n", (string)body!["errors"]![0]!);
        Assert.Equal(200, (int)(await fixture.SendAsync("GET", "auth/token/lookup-self", token)).Status);
    }

    [Theory]
    [InlineData("""path "a" { capabilities = ["fly"] }""")]
    [InlineData("""path "a" { capabilities = ["read" """)]
    [InlineData("""path "a" { allowed_parameters = { "x" = [] } }""")]
    [InlineData("""route "a" { capabilities = ["read"] }""")]
    [InlineData("""path "a/+*" { capabilities = ["read"] }""")]
    [InlineData("""path "a" { policy = "some" }""")]
    [InlineData("""path "a" { capabilities = ["read"] min_wrapping_ttl = "2m" max_wrapping_ttl = "1m" }""")]
    [InlineData("""path "a" { min_wrapping_ttl = """)]
    [InlineData("""path "a { capabilities = ["read"] }""")]
    public async Task A_policy_that_cannot_be_enforced_is_refused(string policy)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var (status, body, _) = await fixture.SendAsync("PUT", "sys/policies/acl/bad", fixture.Vault.RootToken, new { policy });
        Assert.Equal(400, (int)status);
        Assert.StartsWith("failed to parse policy: ", (string)body!["errors"]![0]!);
        Assert.Throws<InvalidOperationException>(() => fixture.Vault.Setup.WritePolicy("bad", policy));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("9s", false)]
    [InlineData("10s", true)]
    [InlineData("90", true)]
    [InlineData("91s", false)]
    public async Task A_rule_may_ask_for_wrapping_and_for_how_long(string? wrapTtl, bool allowed)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.WritePolicy("wide", $"path \"{SimulatedVaultFixture.SecretIdPath}\" {{ capabilities = [\"update\"] max_wrapping_ttl = \"90s\" }}");
        fixture.Vault.Setup.WritePolicy("narrow", $"path \"{SimulatedVaultFixture.SecretIdPath}\" {{ min_wrapping_ttl = 10 max_wrapping_ttl = \"1h\" }}");
        var token = await CreateAsync(fixture, fixture.Vault.RootToken, "auth/token/create", new { policies = new[] { "wide", "narrow" } });
        using var request = new HttpRequestMessage(HttpMethod.Put, $"v1/{SimulatedVaultFixture.SecretIdPath}");
        request.Headers.Add("X-Vault-Token", token);
        if (wrapTtl is not null) request.Headers.Add("X-Vault-Wrap-TTL", wrapTtl);
        using var response = await fixture.Http.SendAsync(request);
        Assert.Equal(allowed ? 200 : 403, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("auth/approle/role", true)]
    [InlineData("auth/approle/role/", true)]
    [InlineData("auth/approle/role/*", true)]
    [InlineData("auth/approle/rol", false)]
    public async Task A_list_is_granted_on_the_path_with_a_slash_or_without(string path, bool allowed)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.WritePolicy("lister", $"path \"{path}\" {{ capabilities = [\"list\"] }}");
        var token = await CreateAsync(fixture, fixture.Vault.RootToken, "auth/token/create", new { policies = "lister" });
        Assert.Equal(allowed ? 200 : 403, (int)(await fixture.SendAsync("LIST", "auth/approle/role", token)).Status);
    }

    [Fact]
    public async Task A_token_may_ask_what_it_may()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.WritePolicy("some", """
            path "auth/approle/role/+/secret-id" { capabilities = ["update", "create"] }
            path "auth/approle/role/other/secret-id" { capabilities = ["update", "deny"] }
            """);
        var token = await CreateAsync(fixture, fixture.Vault.RootToken, "auth/token/create", new { policies = "some" });
        string[] paths = [SimulatedVaultFixture.SecretIdPath, "auth/approle/role/other/secret-id", "sys/policies/acl/some"];
        var several = await fixture.Client.CapabilitiesSelfAsync(token, paths, default);
        Assert.Equal(["create", "update"], several[paths[0]]);
        Assert.Equal(["deny"], several[paths[1]]);
        Assert.Equal(["deny"], several[paths[2]]);
        Assert.Equal(["root"], (await fixture.Client.CapabilitiesSelfAsync(fixture.Vault.RootToken, ["any"], default))["any"]);

        // For one path, the answer also has the older form for a single path. For older clients it repeats the data outside of the envelope.
        var (status, body, _) = await fixture.SendAsync("POST", "sys/capabilities-self", token, new { paths = new[] { paths[1] } });
        Assert.Equal((200, """["deny"]""", """["deny"]""", """["deny"]"""), (
            (int)status, body!["data"]!["capabilities"]!.ToJsonString(), body["capabilities"]!.ToJsonString(), body[paths[1]]!.ToJsonString()));
        Assert.Equal(400, (int)(await fixture.SendAsync("POST", "sys/capabilities-self", token, new { })).Status);
    }

    [Fact]
    public async Task Deny_in_one_policy_beats_the_same_path_in_another()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.WritePolicy("yes", $"path \"{SimulatedVaultFixture.SecretIdPath}\" {{ capabilities = [\"update\"] }}");
        fixture.Vault.Setup.WritePolicy("no", $"path \"{SimulatedVaultFixture.SecretIdPath}\" {{ capabilities = [\"deny\"] }}");
        var token = await CreateAsync(fixture, fixture.Vault.RootToken, "auth/token/create", new { policies = "yes,no" });
        Assert.Equal(403, (int)(await fixture.SendAsync("PUT", SimulatedVaultFixture.SecretIdPath, token, new { })).Status);
    }

    [Fact]
    public async Task A_child_dies_with_its_parent_and_an_orphan_does_not()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.WritePolicy("maker", """path "auth/token/create*" { capabilities = ["update", "sudo"] }""");
        var parent = await CreateAsync(fixture, fixture.Vault.RootToken, "auth/token/create", new { policies = new[] { "maker" } });
        var child = await CreateAsync(fixture, parent, "auth/token/create", new { });
        var orphan = await CreateAsync(fixture, parent, "auth/token/create-orphan", new { });
        Assert.Equal(204, (int)(await fixture.SendAsync("PUT", "auth/token/revoke-self", parent, new { })).Status);
        Assert.Equal((false, false, true), (fixture.Vault.IsLiveToken(parent), fixture.Vault.IsLiveToken(child), fixture.Vault.IsLiveToken(orphan)));
    }

    private static async Task<string> CreateAsync(SimulatedVaultFixture fixture, string token, string path, object body) =>
        (string)(await fixture.SendAsync("POST", path, token, body)).Body!["auth"]!["client_token"]!;
}
