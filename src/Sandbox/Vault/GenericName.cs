using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Vault's rule for names in paths (<c>framework.GenericNameRegex</c>). No engine has a path with a name that breaks the rule.</summary>
internal static partial class GenericName
{
    /// <exception cref="VaultRefusal">404: the name breaks the rule.</exception>
    public static void Require(string name)
    {
        if (!Rule().IsMatch(name)) throw VaultRefusal.UnsupportedPath;
    }

    [GeneratedRegex(@"\A[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_])?\z")]
    private static partial Regex Rule();
}
