using System.Text.Json.Nodes;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Vault.Renewal;

public class TokenRulesTests
{
    /// <summary>Every combination of broken rules: each broken rule is reported, and no other.</summary>
    [Fact]
    public void Every_broken_rule_of_a_token_is_named_and_no_other()
    {
        foreach (var (root, renewable, creation, left, uses, max) in
            from root in Both
            from renewable in Both
            from creation in Both
            from left in Both
            from uses in new[] { 0, 1, 7, -1 }
            from max in Both
            select (root, renewable, creation, left, uses, max))
        {
            var token = Token(root ? ["default", "root"] : ["default"], renewable, creation ? Hour : TimeSpan.Zero, left ? Hour : TimeSpan.Zero) with
            {
                NumUses = uses,
                ExplicitMaxTtl = max ? Hour : TimeSpan.Zero,
            };
            var problems = TokenRules.Violations(token);
            Assert.Equal(root, problems.Any(problem => problem.Contains("root policy", StringComparison.Ordinal)));
            Assert.Equal(!renewable, problems.Any(problem => problem.Contains("not renewable", StringComparison.Ordinal)));
            Assert.Equal(!creation, problems.Any(problem => problem.Contains("created without a TTL", StringComparison.Ordinal)));
            Assert.Equal(!left, problems.Any(problem => problem.Contains("no TTL left", StringComparison.Ordinal)));
            Assert.Equal(uses != 0, problems.Any(problem => problem.Contains($"dies after {Math.Max(0, uses)} more requests", StringComparison.Ordinal)));
            Assert.Equal(max, problems.Any(problem => problem.Contains("explicit_max_ttl of 01:00:00 and dies then", StringComparison.Ordinal)));
            Assert.Equal((root ? 1 : 0) + (renewable ? 0 : 1) + (creation ? 0 : 1) + (left ? 0 : 1) + (uses == 0 ? 0 : 1) + (max ? 1 : 0), problems.Count);
            // Each problem has two parts: what is wrong and what to do.
            Assert.All(problems, problem => Assert.Equal(2, problem.Split("; ").Length));
        }
    }

    [Fact]
    public void Every_broken_rule_of_a_role_is_named_and_no_other()
    {
        foreach (var (renewable, periodic, limited, counted) in
            from renewable in Both from periodic in Both from limited in Both from counted in Both select (renewable, periodic, limited, counted))
        {
            var problems = TokenRules.Violations(Role(renewable, periodic ? Hour : TimeSpan.Zero, limited ? Hour : TimeSpan.Zero) with { NumUses = counted ? 9 : 0 });
            Assert.All(problems, problem => Assert.Contains("token role kubernetes-vault", problem, StringComparison.Ordinal));
            Assert.Equal(counted, problems.Any(problem => problem.Contains("token_num_uses of 9", StringComparison.Ordinal)));
            Assert.Equal((renewable ? 0 : 1) + (periodic ? 0 : 1) + (limited ? 1 : 0) + (counted ? 1 : 0), problems.Count);
        }
    }

    [Fact]
    public void Every_broken_rule_of_a_login_is_named_and_no_other()
    {
        foreach (var (root, ends, counted) in from root in Both from ends in Both from counted in Both select (root, ends, counted))
        {
            var problems = TokenRules.Violations(new VaultAuth("s.token", "accessor", ends ? Hour : TimeSpan.Zero, true, root ? ["root"] : ["default"]) { NumUses = counted ? 3 : 0 });
            Assert.Equal(root, problems.Any(problem => problem.Contains("root policy", StringComparison.Ordinal)));
            Assert.Equal(!ends, problems.Any(problem => problem.Contains("never expires", StringComparison.Ordinal)));
            Assert.Equal(counted, problems.Any(problem => problem.Contains("for 3 requests only", StringComparison.Ordinal)));
            Assert.Equal((root ? 1 : 0) + (ends ? 0 : 1) + (counted ? 1 : 0), problems.Count);
        }
    }

    /// <summary>The tokens are created and looked up in Vault, each once.</summary>
    [Theory]
    [InlineData("create/controller", """{}""")]
    [InlineData("create/controller", """{"num_uses":5}""", "vault.token dies after 4 more requests (num_uses); create it without num_uses")]
    [InlineData("create/controller", """{"num_uses":1}""", "vault.token dies after 0 more requests (num_uses); create it without num_uses")]
    [InlineData("create/controller", """{"explicit_max_ttl":"24h"}""", "vault.token has an explicit_max_ttl of 1.00:00:00 and dies then, whatever is renewed; create it without explicit_max_ttl")]
    [InlineData("create/controller", """{"renewable":false}""", "vault.token is not renewable; create a service token from a periodic, renewable token role")]
    [InlineData("create", """{"type":"batch","policies":["default"]}""", "vault.token is not renewable; create a service token from a periodic, renewable token role")]
    [InlineData("create", """{"policies":["default"],"period":"1h","explicit_max_ttl":"2h","num_uses":3}""", "vault.token dies after 2 more requests (num_uses); create it without num_uses", "vault.token has an explicit_max_ttl of 02:00:00 and dies then, whatever is renewed; create it without explicit_max_ttl")]
    public async Task A_token_that_dies_soon_is_named_as_Vault_tells_of_it(string path, string body, params string[] expected)
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        await WriteAsync(http, vault, "auth/token/roles/controller", """{"period":"6h","orphan":true,"allowed_policies":"default"}""");
        var token = (string)(await WriteAsync(http, vault, $"auth/token/{path}", body))!["auth"]!["client_token"]!;
        var lookup = await new VaultClient(http).LookupSelfAsync(token, default);
        Assert.Equal(expected, TokenRules.Violations(lookup));
        Assert.Equal(path == "create/controller", lookup.IsOrphan);
    }

    [Fact]
    public async Task A_role_whose_tokens_are_counted_is_named_as_Vault_tells_of_it()
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        await WriteAsync(http, vault, "auth/token/roles/controller", """{"period":"6h","token_num_uses":9}""");
        var role = await new VaultClient(http).ReadTokenRoleAsync(vault.RootToken, "controller", default);
        Assert.Equal("token role controller has a token_num_uses of 9: its tokens die after so many requests; set it to 0", Assert.Single(TokenRules.Violations(role)));
    }

    private static async Task<JsonNode?> WriteAsync(HttpClient http, SimulatedVault vault, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/{path}") { Content = new StringContent(body), Headers = { { "X-Vault-Token", vault.RootToken } } };
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var text = await answer.Content.ReadAsStringAsync();
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private static readonly bool[] Both = [false, true];
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static TokenLookup Token(IReadOnlyList<string> policies, bool renewable, TimeSpan creation, TimeSpan left) =>
        new("accessor", creation, left, renewable, "kubernetes-vault", policies, "service", "auth/token/create/kubernetes-vault");

    private static TokenRole Role(bool renewable, TimeSpan period, TimeSpan limit) => new("kubernetes-vault", renewable, period, limit);
}
