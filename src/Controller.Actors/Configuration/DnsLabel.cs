using System.Text.RegularExpressions;

namespace AkkaVault.Controller.Configuration;

/// <summary>
/// Kubernetes' rule for the names of namespaces (RFC 1123) and, in newer releases, of Services. In older releases a Service's name must begin with a letter (RFC 1035).
/// </summary>
internal static partial class DnsLabel
{
    public const int Longest = 63;

    public static bool IsValid(string name) => name.Length <= Longest && Rule().IsMatch(name);

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Rule();
}
