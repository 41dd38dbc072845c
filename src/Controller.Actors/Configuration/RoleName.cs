using System.Text.RegularExpressions;

namespace AkkaVault.Controller.Configuration;

/// <summary>Vault's rule for the names of roles, whatever the engine: anything else is in none of its paths.</summary>
public static partial class RoleName
{
    /// <summary>Whether a role can be called so.</summary>
    public static bool IsValid(string name) => Rule().IsMatch(name);

    [GeneratedRegex(@"\A[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_])?\z")]
    private static partial Regex Rule();
}
