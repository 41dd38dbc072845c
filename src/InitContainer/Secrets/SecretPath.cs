namespace AkkaVault.InitContainer.Secrets;

/// <summary>Where a secret is read: the PATH of a line of <c>VAULT_SECRETS</c>. Files of equal paths are of one secret.</summary>
/// <param name="Path">Below <c>/v1/</c>, as people write it: of KV 2 without <c>data/</c>.</param>
/// <param name="Query">The parameters as a query, in order; empty: none.</param>
internal sealed record SecretPath(string Path, string Query)
{
    /// <summary>What is sent along; empty: nothing.</summary>
    public IReadOnlyDictionary<string, string> Parameters => Query.Length == 0
        ? new Dictionary<string, string>()
        : Query.Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);

    /// <summary>As it was written, but for the order of the parameters.</summary>
    public override string ToString() => Query.Length == 0 ? Path : $"{Path}?{Query}";

    /// <summary>Reads one.</summary>
    /// <param name="text">PATH, or PATH?NAME=VALUE&amp;NAME=VALUE.</param>
    /// <param name="expected">What was expected where it is none.</param>
    public static SecretPath? Parse(string text, out string? expected)
    {
        var mark = text.IndexOf('?');
        var path = mark < 0 ? text : text[..mark];
        expected = null;
        if (path.Split('/').Any(segment => segment is "" or "." or "..")) expected = "a PATH such as secret/app/db, without a slash at its ends and without empty parts";
        if (expected is not null || mark < 0) return expected is null ? new SecretPath(path, "") : null;
        var pairs = text[(mark + 1)..].Split('&');
        var names = pairs.Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0].Length > 0).Select(pair => Uri.UnescapeDataString(pair[0])).ToHashSet(StringComparer.Ordinal);
        if (names.Count == pairs.Length) return new SecretPath(path, string.Join('&', pairs.Order(StringComparer.Ordinal)));
        expected = "NAME=VALUE, with & in between, after the question mark, each name once";
        return null;
    }
}
