namespace AkkaVault.Sandbox.Vault;

/// <summary>What the rules of one pattern, from all policies of a token, say together.</summary>
internal sealed class AccessDecision
{
    private readonly HashSet<string> capabilities = new(StringComparer.Ordinal);
    private TimeSpan minWrappingTtl;
    private TimeSpan maxWrappingTtl;

    private AccessDecision()
    {
    }

    /// <summary>
    /// The decision of the highest of the rules that match; null when none does. A list is asked for below a path, so that rules
    /// with a slash at the end count for it as well.
    /// </summary>
    public static AccessDecision? Of(IReadOnlyList<PathRule> rules, string path, bool list)
    {
        var below = path + "/";
        return list
            ? Highest(rules, below, exact: true) ?? Highest(rules, path, exact: true) ?? Highest(rules, path, exact: false) ?? Highest(rules, below, exact: false)
            : Highest(rules, path, exact: true) ?? Highest(rules, path, exact: false);
    }

    /// <summary>What it grants, in order; <c>deny</c> alone where it grants nothing.</summary>
    public IReadOnlyList<string> Capabilities =>
        capabilities.Count == 0 || capabilities.Contains("deny") ? ["deny"] : [.. capabilities.Order(StringComparer.Ordinal)];

    /// <summary>Whether it grants a capability to a request wrapped for that long; zero: not wrapped.</summary>
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

    /// <summary>Of limits on wrapping, the narrower ones count.</summary>
    private void Merge(PathRule rule)
    {
        capabilities.UnionWith(rule.Capabilities);
        maxWrappingTtl = LeaseTtl.Least(maxWrappingTtl, rule.MaxWrappingTtl);
        if (rule.MinWrappingTtl > minWrappingTtl) minWrappingTtl = rule.MinWrappingTtl;
    }
}
