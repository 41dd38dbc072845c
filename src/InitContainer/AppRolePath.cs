namespace AkkaVault.InitContainer;

/// <summary>Where a wrapping token comes from.</summary>
internal static class AppRolePath
{
    /// <summary>
    /// Whether a <c>creation_path</c> is an AppRole's secret-id endpoint, <c>auth/MOUNT/role/ROLE/secret-id</c>. Anything else
    /// that is wrapped (<c>custom-secret-id</c>, where the caller chose the secret, included) is none of ours.
    /// </summary>
    /// <param name="creationPath">As Vault tells it.</param>
    /// <param name="ns">Vault's namespace, which the path may start with; null: none.</param>
    /// <param name="mount">Where the AppRole auth method is mounted below <c>auth/</c>; may have slashes.</param>
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
