namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// Which namespace a request is for (https://developer.hashicorp.com/vault/docs/enterprise/namespaces#usage): the header's,
/// followed by what the path starts with.
/// </summary>
internal static class RequestNamespace
{
    /// <param name="header"><c>X-Vault-Namespace</c>; empty when none came.</param>
    /// <param name="path">The path below <c>/v1/</c>.</param>
    /// <param name="home">The namespace that everything is in; null: the root, without namespaces.</param>
    public static (string? Namespace, string Path, bool Outside) Of(string header, string path, string? home)
    {
        var named = header.Trim('/');
        if (home is null) return (named.Length == 0 ? null : named, path, false);
        var whole = named.Length == 0 ? path : $"{named}/{path}";
        var own = home.Trim('/');
        return named.Length <= own.Length && whole.StartsWith(own + "/", StringComparison.Ordinal)
            ? (own, whole[(own.Length + 1)..], false)
            : (named.Length == 0 ? null : named, path, true);
    }
}
