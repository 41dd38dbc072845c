using System.Text.RegularExpressions;

namespace AkkaVault.Controller.Configuration;

/// <summary>Vault's rule for the names of roles, in every engine. Vault's paths match no other names.</summary>
internal static partial class RoleName
{
    public static bool IsValid(string name) => Rule().IsMatch(name);

    [GeneratedRegex(@"\A[0-9A-Za-z_]([0-9A-Za-z_.-]*[0-9A-Za-z_])?\z")]
    private static partial Regex Rule();
}
