namespace AkkaVault.Sandbox.Vault;

/// <summary>One <c>path</c> block of a policy.</summary>
/// <param name="Pattern">The path. A segment <c>+</c> matches any one segment, and a <c>*</c> at the end matches anything.</param>
/// <param name="Capabilities">The granted capabilities; with <c>deny</c> the rule grants nothing.</param>
internal sealed record PathRule(string Pattern, IReadOnlySet<string> Capabilities)
{
    private readonly string plain = Pattern.EndsWith('*') ? Pattern[..^1] : Pattern;

    // A plus inside of a segment has no special meaning.
    private readonly string[]? segments =
        Pattern == "+" || Pattern.StartsWith("+/", StringComparison.Ordinal) || Pattern.Contains("/+", StringComparison.Ordinal)
            ? (Pattern.EndsWith('*') ? Pattern[..^1] : Pattern).Split('/')
            : null;

    /// <summary>The least wrap TTL that a request must have; zero: no limit.</summary>
    public TimeSpan MinWrappingTtl { get; init; }

    /// <summary>The greatest wrap TTL that a request may have; zero: no limit.</summary>
    public TimeSpan MaxWrappingTtl { get; init; }

    /// <summary>Whether the pattern has no wildcard. Such a rule has priority over all others.</summary>
    public bool IsExact => segments is null && !IsPrefix;

    private bool IsPrefix => Pattern.EndsWith('*');

    private int FirstWildcard => segments is null ? plain.Length : Pattern.IndexOf('+');

    private int AnySegments => segments?.Count(segment => segment == "+") ?? 0;

    public bool Matches(string path)
    {
        if (segments is not null) return MatchesSegments(path.Split('/'));
        return IsPrefix ? path.StartsWith(plain, StringComparison.Ordinal) : path == Pattern;
    }

    /// <summary>Whether the rule matches a mount, or some path below the mount.</summary>
    /// <param name="mount">The mount's path, with a slash at its end.</param>
    public bool MayMatchBelow(string mount)
    {
        if (segments is null) return plain.StartsWith(mount, StringComparison.Ordinal) || (IsPrefix && mount.StartsWith(plain, StringComparison.Ordinal)) || Pattern == mount;
        var wanted = mount.TrimEnd('/').Split('/');
        return wanted.Select((segment, i) => i < segments.Length ? segments[i] == "+" || segments[i] == segment : IsPrefix).All(fits => fits);
    }

    /// <summary>
    /// Compares the priorities of two rules that match the same path. The greater one decides
    /// (https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching).
    /// </summary>
    public int ComparePriority(PathRule other)
    {
        if (Pattern == other.Pattern) return 0;
        if (FirstWildcard != other.FirstWildcard) return FirstWildcard.CompareTo(other.FirstWildcard);
        if (IsPrefix != other.IsPrefix) return IsPrefix ? -1 : 1;
        if (AnySegments != other.AnySegments) return other.AnySegments.CompareTo(AnySegments);
        if (plain.Length != other.plain.Length) return plain.Length.CompareTo(other.plain.Length);
        return string.CompareOrdinal(plain, other.plain);
    }

    private bool MatchesSegments(string[] path)
    {
        if (IsPrefix ? path.Length < segments!.Length : path.Length != segments!.Length) return false;
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] == "+" || segments[i] == path[i]) continue;
            var last = IsPrefix && i == segments.Length - 1;
            if (!last || !path[i].StartsWith(segments[i], StringComparison.Ordinal)) return false;
        }

        return true;
    }
}
