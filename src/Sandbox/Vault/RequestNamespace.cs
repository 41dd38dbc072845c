namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// Determines the namespace of a request (https://developer.hashicorp.com/vault/docs/enterprise/namespaces#usage).
/// It is the namespace in the header, followed by the namespace at the start of the path.
/// </summary>
internal static class RequestNamespace
{
    /// <param name="header"><c>X-Vault-Namespace</c>; empty when the request has none.</param>
    /// <param name="path">The path below <c>/v1/</c>.</param>
    /// <param name="home">The namespace that contains everything; null: the root namespace, and there are no others.</param>
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
