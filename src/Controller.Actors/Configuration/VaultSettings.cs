namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>vault</c> section.</summary>
/// <param name="Address">Base address; goes to the pods as <paramref name="AddressAsWritten"/>.</param>
/// <param name="AddressAsWritten">As in the file.</param>
/// <param name="Login">How the controller authenticates.</param>
/// <param name="SkipTokenRoleNameValidation">Whether the token's role is left unchecked.</param>
/// <param name="Ca">What Vault's certificate must chain to; null: the system's roots.</param>
/// <param name="WrappingTtl">Lifetime of wrapping tokens.</param>
/// <param name="AppRolePath">Where AppRole is mounted, below <c>auth/</c>, without slashes around it.</param>
/// <param name="Namespace">Vault's namespace, without slashes around it; null: none.</param>
/// <param name="BindToPodIp">Whether a secret_id and its token are good only at the pod's own address.</param>
/// <param name="MaxConcurrency">The most requests of this node to Vault at once.</param>
public sealed record VaultSettings(
    Uri Address, string AddressAsWritten, VaultLogin Login, bool SkipTokenRoleNameValidation, CaSource? Ca, TimeSpan WrappingTtl,
    string AppRolePath, string? Namespace, bool BindToPodIp, int MaxConcurrency);

/// <summary>How the controller gets its own Vault token.</summary>
public abstract record VaultLogin
{
    private VaultLogin()
    {
    }

    /// <summary>The token is given: <c>vault.token</c>.</summary>
    /// <param name="Value">The token. A secret.</param>
    public sealed record Token(string Value) : VaultLogin
    {
        /// <inheritdoc/>
        public override string ToString() => "the token in vault.token";
    }

    /// <summary>The token is in a file that somebody else (Vault Agent, a Secret's mount) writes anew: <c>vault.tokenFile</c>.</summary>
    /// <param name="Path">The file.</param>
    public sealed record TokenFile(string Path) : VaultLogin
    {
        /// <inheritdoc/>
        public override string ToString() => $"the token in {Path}";
    }

    /// <summary>Vault's Kubernetes auth method: <c>vault.auth.kubernetes</c>.</summary>
    /// <param name="Mount">Where it is mounted, below <c>auth/</c>.</param>
    /// <param name="Role">Its role.</param>
    /// <param name="JwtPath">The file with the service account's token; read anew for each login.</param>
    public sealed record Kubernetes(string Mount, string Role, string JwtPath) : VaultLogin
    {
        /// <inheritdoc/>
        public override string ToString() => $"the Kubernetes auth method at auth/{Mount}, role {Role}";
    }

    /// <summary>Vault's AppRole auth method: <c>vault.auth.approle</c>.</summary>
    /// <param name="Mount">Where it is mounted, below <c>auth/</c>.</param>
    /// <param name="RoleIdFile">The file with the role_id.</param>
    /// <param name="SecretIdFile">The file with the secret_id; read anew for each login.</param>
    public sealed record AppRole(string Mount, string RoleIdFile, string SecretIdFile) : VaultLogin
    {
        /// <inheritdoc/>
        public override string ToString() => $"the AppRole auth method at auth/{Mount}";
    }
}

/// <summary>Where CA certificates come from.</summary>
public abstract record CaSource
{
    private CaSource()
    {
    }

    /// <summary>A PEM bundle.</summary>
    /// <param name="Path">The file.</param>
    public sealed record File(string Path) : CaSource;

    /// <summary>The CA certificates of PKI mounts in Vault.</summary>
    /// <param name="Mounts">The mounts.</param>
    public sealed record Backends(IReadOnlyList<string> Mounts) : CaSource;
}
