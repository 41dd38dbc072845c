using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Vault's rule for names in paths (<c>framework.GenericNameRegex</c>): a path with any other is none of an engine's.</summary>
internal static partial class GenericName
{
    /// <exception cref="VaultRefusal">404: it is no such name.</exception>
    public static void Require(string name)
    {
        if (!Rule().IsMatch(name)) throw VaultRefusal.UnsupportedPath;
    }

    [GeneratedRegex(@"\A[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_])?\z")]
    private static partial Regex Rule();
}
