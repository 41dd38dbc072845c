using System.Net;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>A Vault that has everything in a namespace, and the namespaces in its audit entries.</summary>
public sealed class NamespaceTests
{
    private const string Denied = "permission denied";

    [Theory]
    [InlineData("team/a", "", true)]
    [InlineData("/team/a/", "", true)]
    [InlineData("team", "a/", true)]
    [InlineData(null, "team/a/", true)]
    [InlineData(null, "", false)]
    [InlineData("team", "", false)]
    [InlineData("team/b", "", false)]
    [InlineData("team/a/b", "", false)]
    public async Task Only_requests_that_name_the_namespace_find_what_is_in_it(string? header, string prefix, bool found)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync(new SimulatedVaultOptions { Namespace = "team/a" });
        var login = new { role_id = fixture.RoleId, secret_id = "none" };
        var (loggedIn, why, _) = await fixture.SendAsync("PUT", $"{prefix}auth/approle/login", null, login, ns: header);
        Assert.Equal((400, found ? "invalid secret id" : "missing client token"), ((int)loggedIn, (string)why!["errors"]![0]!));
        var (issued, body, _) = await fixture.SendAsync("PUT", $"{prefix}{SimulatedVaultFixture.SecretIdPath}", fixture.ControllerToken, new { }, ns: header);
        Assert.Equal(found ? 200 : 403, (int)issued);
        if (!found) Assert.Equal(Denied, (string)body!["errors"]![0]!);
        var (role, _, _) = await fixture.SendAsync("GET", $"{prefix}auth/approle/role/{SimulatedVaultFixture.Role}", fixture.Vault.RootToken, ns: header);
        Assert.Equal(found ? 200 : 404, (int)role);
        Assert.Equal(200, (int)(await fixture.SendAsync("GET", "sys/health")).Status);
        var entry = Assert.Single(fixture.Vault.Audit, entry => entry.Method == "GET" && entry.Status == (found ? 200 : 404) && entry.Path.EndsWith(SimulatedVaultFixture.Role));
        Assert.Equal(found ? "team/a" : header, entry.Namespace);
    }

    [Fact]
    public async Task A_wrapping_token_of_a_namespace_is_none_outside_of_it()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync(new SimulatedVaultOptions { Namespace = "team" });
        fixture.Http.DefaultRequestHeaders.Add("X-Vault-Namespace", "team");
        var wrap = await fixture.IssueAsync();
        using var outside = new HttpClient { BaseAddress = fixture.Vault.Address };
        var (status, body, _) = await fixture.SendAsync("PUT", "sys/wrapping/unwrap", wrap.Token, new { }, outside);
        Assert.Equal((400, "wrapping token is not valid or does not exist"), ((int)status, (string)body!["errors"]![0]!));
        Assert.Equal(SimulatedVaultFixture.SecretIdPath, wrap.CreationPath);
        Assert.NotNull(await fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None));
    }

    [Fact]
    public async Task Without_a_namespace_the_header_counts_for_nothing_but_is_told()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        using var http = fixture.From("127.0.0.2");
        var body = new
        {
            metadata = """{"pod":"default/a","uid":"5f1c"}""",
            cidr_list = new[] { "10.0.0.7/32" },
            token_bound_cidrs = "10.0.0.7/32,10.0.0.8/32",
        };
        using var request = new HttpRequestMessage(HttpMethod.Put, $"v1/{SimulatedVaultFixture.SecretIdPath}") { Content = System.Net.Http.Json.JsonContent.Create(body) };
        request.Headers.Add("X-Vault-Namespace", "some/");
        request.Headers.Add("X-Vault-Token", fixture.ControllerToken);
        request.Headers.Add("X-Vault-Wrap-TTL", "45s");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var entry = Assert.Single(fixture.Vault.Audit);
        Assert.Equal(("some", IPAddress.Parse("127.0.0.2"), "45s"), (entry.Namespace, entry.RemoteAddress, entry.WrapTtl));
        Assert.Equal("5f1c", entry.Metadata["uid"]);
        Assert.Equal(["10.0.0.7/32"], entry.CidrList);
        Assert.Equal(["10.0.0.7/32", "10.0.0.8/32"], entry.TokenBoundCidrs);

        await fixture.SendAsync("PUT", SimulatedVaultFixture.SecretIdPath, "s.unknown", new { metadata = """{"pod":"default/b"}""" });
        await fixture.SendAsync("PUT", SimulatedVaultFixture.SecretIdPath, fixture.ControllerToken, new { metadata = "no pairs" });
        Assert.Equal([(403, "default/b"), (400, null)], fixture.Vault.Audit.Skip(1).Select(entry => (entry.Status, entry.Metadata.GetValueOrDefault("pod"))));
    }
}
