namespace AkkaVault.InitContainer;

/// <summary>Where a wrapping token comes from.</summary>
internal static class AppRolePath
{
    /// <summary>
    /// Whether a <c>creation_path</c> is an AppRole's secret-id endpoint, <c>auth/MOUNT/role/ROLE/secret-id</c>. The controller wraps
    /// nothing else, and not <c>custom-secret-id</c> either, where the caller chooses the secret.
    /// </summary>
    /// <param name="creationPath">The path, from Vault's answer.</param>
    /// <param name="ns">Vault's namespace, which may stand at the beginning of the path; null: none.</param>
    /// <param name="mount">The mount of the AppRole auth method, below <c>auth/</c>. It may contain slashes.</param>
    public static bool TryParse(string creationPath, string? ns, out string mount)
    {
        mount = "";
        if (ns is not null && creationPath.StartsWith($"{ns}/", StringComparison.Ordinal)) creationPath = creationPath[(ns.Length + 1)..];
        var segments = creationPath.Split('/');
        if (segments.Length < 5 || segments.Any(segment => segment is "" or "." or ".." || segment.IndexOfAny(['?', '#', '%', '\\']) >= 0))
            return false;
        if (segments[0] != "auth" || segments[^1] != "secret-id" || segments[^3] != "role") return false;
        mount = string.Join('/', segments[1..^3]);
        return true;
    }
}
