namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// A policy in HCL, such as <c>path "auth/+/login" { capabilities = ["update"] }</c>. It supports
/// paths, capabilities and wrapping (https://developer.hashicorp.com/vault/docs/concepts/policies). It
/// rejects constraints on parameters, because it cannot enforce them and would allow more than Vault.
/// </summary>
internal sealed record PolicyDocument(string Text, IReadOnlyList<PathRule> Rules)
{
    private static readonly HashSet<string> Known = ["create", "read", "update", "delete", "list", "sudo", "deny"];

    public static PolicyDocument Parse(string text)
    {
        var words = new HclWords(text);
        var rules = new List<PathRule>();
        while (!words.AtEnd)
        {
            words.Expect("path");
            rules.Add(ParseRule(words, words.String()));
        }

        return new PolicyDocument(text, rules);
    }

    private static PathRule ParseRule(HclWords words, string pattern)
    {
        if (pattern.Contains("+*", StringComparison.Ordinal))
            throw Failed($"path \"{pattern}\": invalid use of wildcards ('+*' is forbidden)");
        var capabilities = new HashSet<string>(StringComparer.Ordinal);
        var (min, max) = (TimeSpan.Zero, TimeSpan.Zero);
        words.Expect("{");
        while (!words.Take("}"))
        {
            var key = words.Scalar();
            words.Expect("=");
            switch (key)
            {
                case "capabilities": ParseCapabilities(words, pattern, capabilities); break;
                case "policy": capabilities.UnionWith(Shorthand(words.String(), pattern)); break;
                case "min_wrapping_ttl": min = ParseTtl(words, pattern); break;
                case "max_wrapping_ttl": max = ParseTtl(words, pattern); break;
                default: throw Failed($"path \"{pattern}\": invalid key \"{key}\" on line {words.Line}");
            }
        }

        if (max > TimeSpan.Zero && max < min) throw Failed($"path \"{pattern}\": max_wrapping_ttl cannot be less than min_wrapping_ttl");
        return new PathRule(pattern.TrimStart('/'), capabilities) { MinWrappingTtl = min, MaxWrappingTtl = max };
    }

    private static void ParseCapabilities(HclWords words, string pattern, HashSet<string> capabilities)
    {
        words.Expect("[");
        while (!words.Take("]"))
        {
            var capability = words.String();
            if (!Known.Contains(capability)) throw Failed($"path \"{pattern}\": invalid capability \"{capability}\"");
            capabilities.Add(capability);
            if (!words.Take(",") && words.Peek != "]") throw Failed($"expected , or ] on line {words.Line}");
        }
    }

    /// <summary>The capabilities of the older <c>policy</c> keyword, from before Vault had capabilities.</summary>
    private static string[] Shorthand(string word, string pattern) => word switch
    {
        "deny" => ["deny"],
        "read" => ["read", "list"],
        "write" => ["create", "read", "update", "delete", "list"],
        "sudo" => ["create", "read", "update", "delete", "list", "sudo"],
        _ => throw Failed($"path \"{pattern}\": invalid policy \"{word}\""),
    };

    private static TimeSpan ParseTtl(HclWords words, string pattern) =>
        RequestData.TryParseSpan(words.Scalar(), out var ttl, out var error) && ttl >= TimeSpan.Zero
            ? ttl
            : throw Failed($"path \"{pattern}\": {error ?? "a wrapping TTL cannot be negative"}");

    internal static VaultRefusal Failed(string why) => new(400, $"failed to parse policy: {why}");
}
