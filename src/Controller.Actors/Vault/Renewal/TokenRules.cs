using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>
/// What the controller's own token must be. As in the original: not root, renewable, with a TTL, and its role periodic, renewable and without
/// a max TTL. Beyond that, neither the token nor its role may set an end that no renewal can move.
/// </summary>
internal static class TokenRules
{
    /// <summary>All rules that a token and its role break together.</summary>
    public static IReadOnlyList<string> Violations(TokenRenewalInput.Checked answer)
    {
        var problems = Violations(answer.Lookup).ToList();
        if (answer.Role is { Problem: { } problem }) problems.Add(problem);
        if (answer.Role is { Role: { } role }) problems.AddRange(Violations(role));
        return problems;
    }

    /// <summary>All rules that what a login brought breaks.</summary>
    public static IReadOnlyList<string> Violations(VaultAuth auth)
    {
        var problems = new List<string>();
        if (auth.Policies.Contains("root"))
            problems.Add("the controller logged in with the root policy; give its role in Vault only the controller's policy");
        if (auth.LeaseDuration <= TimeSpan.Zero)
            problems.Add("the controller logged in and got a token that never expires; set token_period, or token_ttl, on its role in Vault");
        if (auth.NumUses != 0)
            problems.Add($"the controller logged in and got a token for {auth.NumUses} requests only; set token_num_uses=0 on its role in Vault");
        return problems;
    }

    /// <summary>All rules the token itself breaks, each in a sentence that says how to correct it.</summary>
    public static IReadOnlyList<string> Violations(TokenLookup token)
    {
        var problems = new List<string>();
        if (token.Policies.Contains("root"))
            problems.Add("vault.token holds the root policy; create a token from a token role with only the controller's policy");
        if (!token.Renewable)
            problems.Add("vault.token is not renewable; create a service token from a periodic, renewable token role");
        if (token.CreationTtl == TimeSpan.Zero)
            problems.Add("vault.token was created without a TTL; create it from a token role with a period");
        if (token.Ttl == TimeSpan.Zero)
            problems.Add("vault.token has no TTL left or never expires; create it from a token role with a period");
        if (token.NumUses != 0)
            problems.Add($"vault.token dies after {Math.Max(0, token.NumUses)} more requests (num_uses); create it without num_uses");
        if (token.ExplicitMaxTtl > TimeSpan.Zero)
            problems.Add($"vault.token has an explicit_max_ttl of {token.ExplicitMaxTtl} and dies then, whatever is renewed; create it without explicit_max_ttl");
        return problems;
    }

    /// <summary>All rules the token's role breaks.</summary>
    public static IReadOnlyList<string> Violations(TokenRole role)
    {
        var problems = new List<string>();
        if (!role.Renewable) problems.Add($"token role {role.Name} is not renewable; set renewable=true");
        if (role.Period == TimeSpan.Zero) problems.Add($"token role {role.Name} has no period; set token_period, for example 6h");
        if (role.ExplicitMaxTtl > TimeSpan.Zero)
            problems.Add($"token role {role.Name} has an explicit_max_ttl of {role.ExplicitMaxTtl}: its tokens die whatever is renewed; set it to 0");
        if (role.NumUses > 0)
            problems.Add($"token role {role.Name} has a token_num_uses of {role.NumUses}: its tokens die after so many requests; set it to 0");
        return problems;
    }
}
