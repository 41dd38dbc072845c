using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The policies by name, and what a set of them allows: nothing by default, everything to <c>root</c>.</summary>
internal sealed class PolicyStore
{
    /// <summary>What every token may do with itself and with wrapping tokens.</summary>
    private const string Default = """
        path "auth/token/lookup-self" { capabilities = ["read"] }
        path "auth/token/renew-self" { capabilities = ["update"] }
        path "auth/token/revoke-self" { capabilities = ["update"] }
        path "sys/wrapping/lookup" { capabilities = ["update"] }
        path "sys/wrapping/unwrap" { capabilities = ["update"] }
        """;

    /// <summary>The policy of wrapping tokens.</summary>
    private const string ResponseWrapping = """path "sys/wrapping/unwrap" { capabilities = ["update"] }""";

    private readonly ConcurrentDictionary<string, PolicyDocument> policies = new(StringComparer.OrdinalIgnoreCase)
    {
        ["default"] = PolicyDocument.Parse(Default),
        ["response-wrapping"] = PolicyDocument.Parse(ResponseWrapping),
    };

    /// <summary>
    /// Whether these policies grant a capability on a path. Among the patterns that match, the most specific decides
    /// (https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching); <c>deny</c> in it beats all else.
    /// </summary>
    public bool Allows(IReadOnlyList<string> names, string path, string capability)
    {
        if (names.Contains("root")) return true;
        PathRule? best = null;
        var granted = false;
        var denied = false;
        foreach (var name in names)
        {
            if (!policies.TryGetValue(name, out var policy)) continue;
            foreach (var rule in policy.Rules)
            {
                if (!rule.Matches(path)) continue;
                var order = best is null ? 1 : Specificity(rule, best);
                if (order < 0) continue;
                if (order > 0) (best, granted, denied) = (rule, false, false);
                granted |= rule.Capabilities.Contains(capability);
                denied |= rule.Capabilities.Contains("deny");
            }
        }

        return granted && !denied;
    }

    /// <summary><c>sys/policies/acl/:name</c> and the older <c>sys/policy/:name</c>.</summary>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest)
    {
        if (rest.Length == 0 && (request.Lists || request.Reads))
            return VaultAnswer.Keys(policies.Keys.Where(name => name != "response-wrapping").Append("root").Order(StringComparer.Ordinal));
        if (rest.Length != 1) throw VaultRefusal.UnsupportedOperation;
        var name = rest[0].ToLowerInvariant();
        if (request.Reads)
        {
            if (name == "root") return VaultAnswer.OfData(new JsonObject { ["name"] = name, ["policy"] = "" });
            var found = policies.GetValueOrDefault(name) ?? throw new VaultRefusal(404, $"No policy named: {name}");
            return VaultAnswer.OfData(new JsonObject { ["name"] = name, ["policy"] = found.Text });
        }

        if (name is "root" or "response-wrapping") throw new VaultRefusal(400, $"cannot update {name} policy");
        if (request.Deletes)
        {
            if (name == "default") throw new VaultRefusal(400, "cannot delete default policy");
            policies.TryRemove(name, out _);
            return VaultAnswer.NoContent;
        }

        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        policies[name] = request.Data.Text("policy") is { Length: > 0 } text
            ? PolicyDocument.Parse(text)
            : throw new VaultRefusal(400, "'policy' parameter not supplied or empty");
        return VaultAnswer.NoContent;
    }

    private static int Specificity(PathRule rule, PathRule other)
    {
        if (rule.Pattern == other.Pattern) return 0;
        if (rule.FirstWildcard != other.FirstWildcard) return rule.FirstWildcard.CompareTo(other.FirstWildcard);
        if (rule.IsPrefix != other.IsPrefix) return rule.IsPrefix ? -1 : 1;
        if (rule.SingleSegmentWildcards != other.SingleSegmentWildcards) return other.SingleSegmentWildcards.CompareTo(rule.SingleSegmentWildcards);
        if (rule.Pattern.Length != other.Pattern.Length) return rule.Pattern.Length.CompareTo(other.Pattern.Length);
        return string.CompareOrdinal(rule.Pattern, other.Pattern);
    }
}
