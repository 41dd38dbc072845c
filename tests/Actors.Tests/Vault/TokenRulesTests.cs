using AkkaVault.Controller.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Vault;

public class TokenRulesTests
{
    /// <summary>Every combination of what a token can break; each rule is reported, and no other.</summary>
    [Fact]
    public void Every_broken_rule_of_a_token_is_named_and_no_other()
    {
        foreach (var (root, renewable, creation, left) in from root in Both from renewable in Both from creation in Both from left in Both select (root, renewable, creation, left))
        {
            var token = Token(root ? ["default", "root"] : ["default"], renewable, creation ? Hour : TimeSpan.Zero, left ? Hour : TimeSpan.Zero);
            var problems = TokenRules.Violations(token);
            Assert.Equal(root, problems.Any(problem => problem.Contains("root policy", StringComparison.Ordinal)));
            Assert.Equal(!renewable, problems.Any(problem => problem.Contains("not renewable", StringComparison.Ordinal)));
            Assert.Equal(!creation, problems.Any(problem => problem.Contains("created without a TTL", StringComparison.Ordinal)));
            Assert.Equal(!left, problems.Any(problem => problem.Contains("no TTL left", StringComparison.Ordinal)));
            Assert.Equal((root ? 1 : 0) + (renewable ? 0 : 1) + (creation ? 0 : 1) + (left ? 0 : 1), problems.Count);
        }
    }

    [Fact]
    public void Every_broken_rule_of_a_role_is_named_and_no_other()
    {
        foreach (var (renewable, periodic, limited) in from renewable in Both from periodic in Both from limited in Both select (renewable, periodic, limited))
        {
            var problems = TokenRules.Violations(Role(renewable, periodic ? Hour : TimeSpan.Zero, limited ? Hour : TimeSpan.Zero));
            Assert.All(problems, problem => Assert.Contains("token role kubernetes-vault", problem, StringComparison.Ordinal));
            Assert.Equal((renewable ? 0 : 1) + (periodic ? 0 : 1) + (limited ? 1 : 0), problems.Count);
        }
    }

    private static readonly bool[] Both = [false, true];
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static TokenLookup Token(IReadOnlyList<string> policies, bool renewable, TimeSpan creation, TimeSpan left) =>
        new("accessor", creation, left, renewable, "kubernetes-vault", policies, "service", "auth/token/create/kubernetes-vault");

    private static TokenRole Role(bool renewable, TimeSpan period, TimeSpan limit) => new("kubernetes-vault", renewable, period, limit);
}
