using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>
/// The simulated Vault rejects what a real Vault rejects. A more tolerant simulation would hide errors
/// of its callers. Where there is no recording, statuses and messages are those of Vault's source.
/// </summary>
public sealed class RefusalTests
{
    private const string Role = "auth/approle/role/new";

    [Theory]
    // Fields that cannot be converted, on every kind of endpoint.
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":{"a":"b"}}""", 500, "error converting input map[a:b] for field \"metadata\": '' expected type 'string', got unconvertible type 'map[string]interface {}'")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":["a"]}""", 500, "got unconvertible type '[]interface {}'")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"cidr_list":[{}]}""", 500, "error converting input [map[]] for field \"cidr_list\"")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"cidr_list":{}}""", 500, "for field \"cidr_list\"")]
    [InlineData("POST", Role, """{"secret_id_ttl":"soon"}""", 400, "error converting input soon for field \"secret_id_ttl\": strconv.ParseInt: parsing \"soon\": invalid syntax")]
    [InlineData("POST", Role, """{"secret_id_ttl":"-90s"}""", 400, "cannot provide negative value '-90'")]
    [InlineData("POST", Role, """{"secret_id_ttl":true}""", 400, "could not parse duration from input")]
    [InlineData("POST", Role, """{"secret_id_ttl":"1d2s"}""", 400, "time: invalid duration")]
    [InlineData("POST", Role, """{"secret_id_num_uses":"many"}""", 400, "cannot parse '' as int")]
    [InlineData("POST", Role, """{"secret_id_num_uses":1.5}""", 400, "parsing \"1.5\": invalid syntax")]
    [InlineData("POST", Role, """{"bind_secret_id":"yes"}""", 400, "cannot parse '' as bool: strconv.ParseBool: parsing \"yes\": invalid syntax")]
    [InlineData("POST", Role, """{"token_policies":{"a":1}}""", 400, "for field \"token_policies\"")]
    [InlineData("PUT", "auth/approle/login", """{"role_id":{}}""", 500, "for field \"role_id\"")]
    [InlineData("POST", "auth/kubernetes/login", """{"role":[],"jwt":"a"}""", 500, "for field \"role\"")]
    [InlineData("PUT", "sys/wrapping/unwrap", """{"token":{}}""", 500, "for field \"token\"")]
    [InlineData("PUT", "sys/policies/acl/p", """{"policy":["a"]}""", 500, "for field \"policy\"")]
    [InlineData("POST", "auth/token/roles/r", """{"period":"often"}""", 400, "for field \"period\"")]
    [InlineData("POST", "auth/token/revoke-accessor", """{"accessor":{}}""", 500, "for field \"accessor\"")]
    [InlineData("POST", "root-ca/roles/web", """{"max_ttl":"long"}""", 500, "for field \"max_ttl\"")]
    // Metadata.
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":"{\"node\":\"\"}"}""", 400, "failed to parse metadata: invalid value for key \"node\"")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":"eyJub2RlIjoiIn0="}""", 400, "failed to parse metadata: invalid value for key \"node\"")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":"node="}""", 400, "invalid <key,value> pair: key: \"node\" value: \"\"")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":"a=b=c"}""", 400, "invalid <key,value> format")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":"[\"a\"]"}""", 400, "invalid <key,value> format")]
    // CIDR blocks.
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"cidr_list":["10.0.0.1"]}""", 500, "failed to validate CIDR blocks: invalid CIDR address: 10.0.0.1")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"token_bound_cidrs":["/32"]}""", 500, "failed to validate token CIDR blocks: invalid CIDR address: /32")]
    [InlineData("POST", Role, """{"secret_id_bound_cidrs":["10.0.0.1"]}""", 500, "failed to validate CIDR blocks")]
    [InlineData("POST", Role, """{"token_bound_cidrs":["nowhere"]}""", 400, "invalid CIDR address: nowhere")]
    // AppRoles.
    [InlineData("POST", Role, """{"bind_secret_id":false}""", 500, "at least one constraint should be enabled on the role")]
    [InlineData("POST", Role, """{"secret_id_num_uses":-1}""", 400, "secret_id_num_uses cannot be negative")]
    [InlineData("POST", Role, """{"role_id":""}""", 400, "invalid role_id supplied, or failed to generate a role_id")]
    [InlineData("POST", Role, """{"token_period":"800h"}""", 400, "period of \"800h0m0s\" is greater than the backend's maximum lease TTL of \"768h0m0s\"")]
    [InlineData("POST", Role, """{"token_num_uses":-1}""", 400, "'token_num_uses' cannot be negative")]
    [InlineData("POST", Role, """{"token_type":"batch","token_period":"1h"}""", 400, "when set to generate periodic tokens")]
    [InlineData("POST", Role, """{"token_ttl":"2h","token_max_ttl":"1h"}""", 400, "'token_ttl' cannot be greater than 'token_max_ttl'")]
    [InlineData("POST", "auth/approle/role/sample-app", """{"local_secret_ids":true}""", 400, "local_secret_ids can only be modified during role creation")]
    [InlineData("POST", "auth/approle/role/nope/secret-id/lookup", """{"secret_id":"a"}""", 500, "role \"nope\" does not exist")]
    [InlineData("POST", "auth/approle/role/sample-app/secret-id/lookup", "{}", 400, "missing secret_id")]
    [InlineData("PUT", "auth/approle/login", """{"secret_id":"a"}""", 400, "missing role_id")]
    // Tokens.
    [InlineData("POST", "auth/token/create", """{"num_uses":-1}""", 400, "number of uses cannot be negative")]
    [InlineData("POST", "auth/token/create", """{"num_uses":[]}""", 400, "Error decoding request: 1 error(s) decoding:\n\n* 'num_uses' expected type 'int', got unconvertible type '[]interface {}'")]
    [InlineData("POST", "auth/token/create", """{"ttl":"-1h"}""", 400, "ttl must be positive")]
    [InlineData("POST", "auth/token/create", """{"period":"x"}""", 400, "strconv.ParseInt")]
    [InlineData("POST", "auth/token/create", """{"type":"odd"}""", 400, "invalid 'token_type' value")]
    [InlineData("POST", "auth/token/create", """{"type":"batch","period":"1h","policies":["p"]}""", 400, "batch tokens cannot have \"period\" set")]
    [InlineData("POST", "auth/token/create", """{"type":"batch","num_uses":1,"policies":["p"]}""", 400, "batch tokens cannot have \"num_uses\" set")]
    [InlineData("POST", "auth/token/create", """{"type":"batch"}""", 400, "batch tokens cannot be root tokens")]
    [InlineData("POST", "auth/token/create", """{"policies":["response-wrapping"]}""", 400, "cannot assign policy \"response-wrapping\"")]
    [InlineData("POST", "auth/token/create", """{"id":"s.mine"}""", 400, "custom token ID cannot have the 's.' prefix")]
    [InlineData("POST", "auth/token/create/nope", "{}", 400, "unknown role nope")]
    [InlineData("POST", "auth/token/roles/r", """{"token_type":"odd"}""", 400, "invalid 'token_type' value \"odd\"")]
    [InlineData("POST", "auth/token/roles/r", """{"token_num_uses":-1}""", 400, "'token_num_uses' cannot be negative")]
    [InlineData("POST", "auth/token/revoke-accessor", "{}", 400, "missing accessor")]
    // Paths.
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath + "/", "{}", 400, "cannot write to a path ending in '/'")]
    [InlineData("PUT", "auth/approle/role/a%2Fb/secret-id", "{}", 404, "unsupported path")]
    [InlineData("PUT", "auth/approle/role/-a/secret-id", "{}", 404, "unsupported path")]
    [InlineData("PUT", "auth/approle/role/a%20b/secret-id", "{}", 404, "unsupported path")]
    [InlineData("POST", "auth/approle/nothing", "{}", 404, "unsupported path")]
    [InlineData("GET", "auth/token/roles/r/", null, 404, "unsupported path")]
    [InlineData("POST", "auth/token/nothing", "{}", 404, "unsupported path")]
    [InlineData("POST", "auth/token/create/-a", "{}", 404, "unsupported path")]
    [InlineData("GET", "sys/nothing", null, 404, "unsupported path")]
    [InlineData("PUT", "root-ca/issue/a b", "{}", 404, "unsupported path")]
    [InlineData("GET", "sys/policies/acl", null, 405, "unsupported operation")]
    [InlineData("GET", "sys/capabilities-self", null, 405, "unsupported operation")]
    [InlineData("POST", "sys/health", "{}", 405, null)]
    [InlineData("GET", "sys/seal", null, 405, null)]
    // Mounts.
    [InlineData("POST", "sys/auth/approle", """{"type":"approle"}""", 400, "path is already in use at approle/")]
    [InlineData("POST", "sys/auth/approle/below", """{"type":"approle"}""", 400, "path is already in use at approle/")]
    [InlineData("POST", "sys/auth/other", "{}", 400, "backend type must be specified as a string")]
    [InlineData("POST", "sys/mounts/auth/x", """{"type":"pki"}""", 403, "cannot mount \"auth/x/\"")]
    // PKI.
    [InlineData("PUT", "root-ca/issue/server", """{"common_name":""}""", 400, "the common_name field is required")]
    [InlineData("PUT", "root-ca/issue/server", """{"common_name":"a_b"}""", 400, "common name a_b not allowed by this role")]
    [InlineData("PUT", "root-ca/issue/server", """{"common_name":"a","alt_names":"b c"}""", 400, "subject alternate name b c not allowed by this role")]
    [InlineData("PUT", "root-ca/issue/server", """{"common_name":"a","ip_sans":"here"}""", 400, "the value \"here\" is not a valid IP address")]
    public async Task It_is_refused(string method, string path, string? body, int status, string? why)
    {
        await using var fixture = await StartAsync();
        var answer = await fixture.SendAsync(method, path, fixture.Vault.RootToken, body is null ? null : JsonSerializer.Deserialize<JsonElement>(body));
        Assert.Equal(status, (int)answer.Status);
        var errors = answer.Body!["errors"]!.AsArray().Select(error => (string)error!).ToList();
        if (why is null) Assert.Empty(errors);
        else Assert.Contains(why, Assert.Single(errors), StringComparison.Ordinal);
    }

    /// <summary>Requests that look odd, and that a real Vault accepts.</summary>
    [Theory]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":"{\"\":\"a\"}"}""")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":" "}""")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":"pod=a, node=b"}""")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"metadata":null,"cidr_list":null}""")]
    [InlineData("PUT", SimulatedVaultFixture.SecretIdPath, """{"unknown":1}""")]
    [InlineData("POST", Role, """{"secret_id_num_uses":"1","secret_id_ttl":90,"bind_secret_id":"true","token_policies":"a, b"}""")]
    [InlineData("POST", "auth/token/create", """{"num_uses":"1","ttl":3600,"meta":{"a":1},"policies":["p"]}""")]
    [InlineData("PUT", "root-ca/issue/server", """{"common_name":"a","alt_names":"","ip_sans":""}""")]
    [InlineData("LIST", "auth/approle/role/", null)]
    public async Task It_is_taken(string method, string path, string? body)
    {
        await using var fixture = await StartAsync();
        var (status, answer, _) = await fixture.SendAsync(method, path, fixture.Vault.RootToken, body is null ? null : JsonSerializer.Deserialize<JsonElement>(body));
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{status} {answer?.ToJsonString()}");
    }

    [Fact]
    public async Task A_token_that_is_counted_ends_with_its_last_use_and_makes_no_other()
    {
        await using var fixture = await StartAsync();
        var counted = await CreateAsync(fixture, """{"policies":["maker"],"num_uses":3}""");
        Assert.Equal("restricted use token cannot generate child tokens", await WhyAsync(fixture, counted, "{}"));
        foreach (var left in new[] { 1, -1 }) Assert.Equal(left, await UsesAsync(fixture, counted));
        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.SendAsync("GET", "auth/token/lookup-self", counted)).Status);

        await fixture.SendAsync("POST", "auth/token/roles/counted", fixture.Vault.RootToken, new { token_num_uses = 2 });
        var ofRole = await CreateAsync(fixture, """{"policies":["maker"]}""", "auth/token/create/counted");
        Assert.Equal(1, await UsesAsync(fixture, ofRole));
    }

    [Fact]
    public async Task Only_root_and_sudo_make_orphans_and_periodic_tokens_and_no_batch_token_makes_any()
    {
        await using var fixture = await StartAsync();
        var maker = await CreateAsync(fixture, """{"policies":["maker"]}""");
        Assert.Equal("root or sudo privileges required to create periodic token", await WhyAsync(fixture, maker, """{"period":"1h"}"""));
        Assert.Equal("root or sudo privileges required to create orphan token", await WhyAsync(fixture, maker, """{"no_parent":true}"""));
        Assert.Equal("root or sudo privileges required to specify token id", await WhyAsync(fixture, maker, """{"id":"mine"}"""));
        Assert.Equal("child policies must be subset of parent", await WhyAsync(fixture, maker, """{"policies":["other"]}"""));
        Assert.Equal("root tokens may not be created without parent token being root", await WhyAsync(fixture, await CreateAsync(fixture, """{"policies":["sudoer"]}"""), """{"policies":["root"]}"""));
        var batch = await CreateAsync(fixture, """{"policies":["maker"],"type":"batch"}""");
        Assert.Equal("batch tokens cannot create more tokens", await WhyAsync(fixture, batch, "{}"));
    }

    [Fact]
    public async Task A_path_with_an_empty_segment_is_redirected_to_the_one_without()
    {
        await using var fixture = await StartAsync();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(new Uri(fixture.Vault.Address, "/v1/sys//health?standbyok=true"));
        Assert.Equal((HttpStatusCode.MovedPermanently, "/v1/sys/health?standbyok=true"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    private static async Task<SimulatedVaultFixture> StartAsync()
    {
        var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.EnablePki("root-ca", "intermediate-ca");
        fixture.Vault.Setup.CreatePkiRole("root-ca", "server");
        fixture.Vault.Setup.WritePolicy("maker", """path "auth/token/create" { capabilities = ["update"] }""");
        fixture.Vault.Setup.WritePolicy("sudoer", """path "auth/token/create" { capabilities = ["update", "sudo"] }""");
        await fixture.SendAsync("POST", "sys/auth/kubernetes", fixture.Vault.RootToken, new { type = "kubernetes" });
        return fixture;
    }

    private static async Task<string> CreateAsync(SimulatedVaultFixture fixture, string body, string path = "auth/token/create") =>
        (string)(await fixture.SendAsync("POST", path, fixture.Vault.RootToken, JsonNode.Parse(body))).Body!["auth"]!["client_token"]!;

    private static async Task<string> WhyAsync(SimulatedVaultFixture fixture, string token, string body)
    {
        var (status, answer, _) = await fixture.SendAsync("POST", "auth/token/create", token, JsonNode.Parse(body));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        return (string)answer!["errors"]![0]!;
    }

    private static async Task<int> UsesAsync(SimulatedVaultFixture fixture, string token) =>
        (int)(await fixture.SendAsync("GET", "auth/token/lookup-self", token)).Body!["data"]!["num_uses"]!;
}
