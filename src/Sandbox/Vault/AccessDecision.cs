namespace AkkaVault.Sandbox.Vault;

/// <summary>The combined decision of all rules with one pattern, from all policies of a token.</summary>
internal sealed class AccessDecision
{
    private readonly HashSet<string> capabilities = new(StringComparer.Ordinal);
    private TimeSpan minWrappingTtl;
    private TimeSpan maxWrappingTtl;

    private AccessDecision()
    {
    }

    /// <summary>
    /// The decision of the matching rules with the highest priority; null when no rule matches. A list
    /// is also checked with a slash at the end of its path, so that rules that end in a slash match it.
    /// </summary>
    public static AccessDecision? Of(IReadOnlyList<PathRule> rules, string path, bool list)
    {
        var below = path + "/";
        return list
            ? Highest(rules, below, exact: true) ?? Highest(rules, path, exact: true) ?? Highest(rules, path, exact: false) ?? Highest(rules, below, exact: false)
            : Highest(rules, path, exact: true) ?? Highest(rules, path, exact: false);
    }

    /// <summary>The capabilities that the decision grants, in order; only <c>deny</c> when it grants nothing.</summary>
    public IReadOnlyList<string> Capabilities =>
        capabilities.Count == 0 || capabilities.Contains("deny") ? ["deny"] : [.. capabilities.Order(StringComparer.Ordinal)];

    /// <summary>Whether the decision grants a capability to a request with this wrap TTL; zero: the request is not wrapped.</summary>
    public bool Allows(string capability, TimeSpan wrapTtl)
    {
        if (capabilities.Contains("deny") || !capabilities.Contains(capability)) return false;
        var bound = minWrappingTtl > TimeSpan.Zero || maxWrappingTtl > TimeSpan.Zero;
        return !bound || (wrapTtl > TimeSpan.Zero && wrapTtl >= minWrappingTtl && (maxWrappingTtl == TimeSpan.Zero || wrapTtl <= maxWrappingTtl));
    }

    private static AccessDecision? Highest(IReadOnlyList<PathRule> rules, string path, bool exact)
    {
        AccessDecision? decision = null;
        PathRule? highest = null;
        foreach (var rule in rules)
        {
            if (rule.IsExact != exact || !rule.Matches(path)) continue;
            var order = highest is null ? 1 : rule.ComparePriority(highest);
            if (order < 0) continue;
            if (order > 0) (highest, decision) = (rule, new AccessDecision());
            decision!.Merge(rule);
        }

        return decision;
    }

    /// <summary>Of two limits on the wrap TTL, the narrower one applies.</summary>
    private void Merge(PathRule rule)
    {
        capabilities.UnionWith(rule.Capabilities);
        maxWrappingTtl = LeaseTtl.Least(maxWrappingTtl, rule.MaxWrappingTtl);
        if (rule.MinWrappingTtl > minWrappingTtl) minWrappingTtl = rule.MinWrappingTtl;
    }
}
