namespace AkkaVault.InitContainer.Secrets;

/// <summary>The path of a secret, from a line of <c>VAULT_SECRETS</c>. Files with equal paths contain the same secret.</summary>
/// <param name="Path">Below <c>/v1/</c>, as people write it: of KV 2 without <c>data/</c>.</param>
/// <param name="Query">The parameters as a query, in order; empty: none.</param>
internal sealed record SecretPath(string Path, string Query)
{
    /// <summary>The parameters of the request; empty: none.</summary>
    public IReadOnlyDictionary<string, string> Parameters
    {
        get
        {
            var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
            if (Query.Length == 0) return parameters;
            foreach (var pair in Query.Split('&'))
            {
                var sign = pair.IndexOf('=');
                parameters.Add(Uri.UnescapeDataString(pair[..sign]), Uri.UnescapeDataString(pair[(sign + 1)..]));
            }

            return parameters;
        }
    }

    /// <summary>The path as it was written, except for the order of the parameters.</summary>
    public override string ToString() => Query.Length == 0 ? Path : $"{Path}?{Query}";

    /// <summary>Reads one.</summary>
    /// <param name="text">PATH, or PATH?NAME=VALUE&amp;NAME=VALUE.</param>
    /// <param name="expected">What was expected, if the text is not a path.</param>
    public static SecretPath? Parse(string text, out string? expected)
    {
        var mark = text.IndexOf('?');
        var path = mark < 0 ? text : text[..mark];
        expected = "a PATH such as secret/app/db, without a slash at its ends and without empty parts";
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or "." or "..") return null;
        }

        expected = null;
        if (mark < 0) return new SecretPath(path, "");
        expected = "NAME=VALUE, with & in between, after the question mark, each name once";
        var pairs = text[(mark + 1)..].Split('&');
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            if (pair.IndexOf('=') is var sign && (sign <= 0 || !names.Add(Uri.UnescapeDataString(pair[..sign])))) return null;
        }

        expected = null;
        Array.Sort(pairs, StringComparer.Ordinal);
        return new SecretPath(path, string.Join('&', pairs));
    }
}
