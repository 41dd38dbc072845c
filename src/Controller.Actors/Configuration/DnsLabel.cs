using System.Text.RegularExpressions;

namespace AkkaVault.Controller.Configuration;

/// <summary>
/// Kubernetes' rule for the names of namespaces (RFC 1123), and of Services in newer releases; older ones want a letter first (RFC 1035).
/// </summary>
public static partial class DnsLabel
{
    /// <summary>The most characters that one has.</summary>
    public const int Longest = 63;

    /// <summary>Whether something can be called so.</summary>
    public static bool IsValid(string name) => name.Length <= Longest && Rule().IsMatch(name);

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Rule();
}
