using AkkaVault.Controller.Configuration;

namespace AkkaVault.Cli.Checking;

/// <summary>A right in Vault that the controller uses.</summary>
/// <param name="Path">The path, below <c>/v1/</c>.</param>
/// <param name="Capability">The capability.</param>
/// <param name="WithoutIt">What happens if the right is missing and the controller can do without it; null: the right is required.</param>
internal sealed record VaultRight(string Path, string Capability, string? WithoutIt = null);

/// <summary>The rights in Vault that a configuration needs. <c>k8s/vault/controller-policy.hcl</c> grants them.</summary>
internal static class VaultRights
{
    /// <summary>The rights that a configuration needs.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="roles">The AppRoles that pods will name.</param>
    public static IReadOnlyList<VaultRight> Of(ControllerConfiguration configuration, IReadOnlyList<string> roles)
    {
        var rights = roles.Select(role => new VaultRight($"auth/{configuration.Vault.AppRolePath}/role/{role}/secret-id", "update")).ToList();
        rights.Add(new VaultRight("auth/token/lookup-self", "read"));
        rights.Add(new VaultRight("auth/token/renew-self", "update"));
        rights.Add(new VaultRight("auth/token/revoke-accessor", "update", "wrapping tokens that were not delivered are not revoked, they live until their TTL ends"));
        foreach (var certificate in (CertificateSource?[])[configuration.Cluster?.Tls?.Certificate, configuration.Metrics.Certificate])
        {
            if (certificate is CertificateSource.Pki pki) rights.Add(new VaultRight($"{pki.Mount}/issue/{pki.Role}", "update"));
        }

        return [.. rights.Distinct()];
    }

    /// <summary>The checks of the rights.</summary>
    /// <param name="rights">The rights that are needed.</param>
    /// <param name="capabilities">The capabilities that Vault grants, by path.</param>
    public static IEnumerable<Check> Judge(IReadOnlyList<VaultRight> rights, IReadOnlyDictionary<string, IReadOnlyList<string>> capabilities)
    {
        foreach (var right in rights)
        {
            var name = $"policy: {right.Capability} {right.Path}";
            var granted = capabilities.GetValueOrDefault(right.Path) ?? [];
            if (granted.Contains("root") || granted.Contains(right.Capability)) yield return Check.Ok(name);
            else if (right.WithoutIt is { } without) yield return Check.Skipped(name, $"not granted, and not required: {without}", Grant(right));
            else yield return Check.Failed(name, $"granted is: {(granted.Count == 0 ? "nothing" : string.Join(", ", granted))}", Grant(right));
        }
    }

    private static string Grant(VaultRight right) => $"path \"{right.Path}\" {{ capabilities = [\"{right.Capability}\"] }} in the controllers' policy.";
}
