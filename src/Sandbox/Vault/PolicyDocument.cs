namespace AkkaVault.Sandbox.Vault;

/// <summary>One <c>path</c> block of a policy.</summary>
/// <param name="Pattern">The path; <c>+</c> stands for one segment, a <c>*</c> at the end for anything.</param>
/// <param name="Capabilities">What it grants.</param>
internal sealed record PathRule(string Pattern, IReadOnlySet<string> Capabilities)
{
    private readonly bool prefix = Pattern.EndsWith('*');
    private readonly string[]? segments = Pattern.Contains('+') ? Pattern.TrimEnd('*').Split('/') : null;

    /// <summary>Where the first wildcard is; a rule without one ends there.</summary>
    public int FirstWildcard { get; } = Pattern.IndexOfAny(['+', '*']) is var at and >= 0 ? at : int.MaxValue;

    public bool IsPrefix => prefix;

    public int SingleSegmentWildcards { get; } = Pattern.Count(letter => letter == '+');

    public bool Matches(string path)
    {
        if (segments is not null) return MatchesSegments(path.Split('/'));
        return prefix ? path.AsSpan().StartsWith(Pattern.AsSpan()[..^1], StringComparison.Ordinal) : path == Pattern;
    }

    private bool MatchesSegments(string[] path)
    {
        if (prefix ? path.Length < segments!.Length : path.Length != segments!.Length) return false;
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] == "+" || segments[i] == path[i]) continue;
            var last = prefix && i == segments.Length - 1;
            if (!last || !path[i].StartsWith(segments[i], StringComparison.Ordinal)) return false;
        }

        return true;
    }
}

/// <summary>
/// A policy in HCL, as far as paths and capabilities go (https://developer.hashicorp.com/vault/docs/concepts/policies):
/// <c>path "auth/+/login" { capabilities = ["update"] }</c>. What it cannot enforce (parameter constraints) it refuses to take,
/// rather than to allow more than Vault would.
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
        var capabilities = new HashSet<string>(StringComparer.Ordinal);
        words.Expect("{");
        while (!words.Take("}"))
        {
            if (!words.Take("capabilities") && !words.Take("\"capabilities\""))
                throw Failed($"path \"{pattern}\": invalid key \"{words.Peek}\" on line {words.Line}");
            words.Expect("=");
            words.Expect("[");
            while (!words.Take("]"))
            {
                var capability = words.String();
                if (!Known.Contains(capability)) throw Failed($"path \"{pattern}\": invalid capability \"{capability}\"");
                capabilities.Add(capability);
                if (!words.Take(",") && words.Peek != "]") throw Failed($"expected , or ] on line {words.Line}");
            }
        }

        return new PathRule(pattern.TrimStart('/'), capabilities);
    }

    internal static VaultRefusal Failed(string why) => new(400, $"failed to parse policy: {why}");
}
