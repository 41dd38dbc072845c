namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>vault</c> section.</summary>
/// <param name="Address">Vault's base address, for requests.</param>
/// <param name="AddressAsWritten">The same address as the file spells it. The pods receive this one.</param>
/// <param name="Login">How the controller authenticates.</param>
/// <param name="SkipTokenRoleNameValidation">Whether the controller does not check the role of its token.</param>
/// <param name="Ca">The CAs that Vault's certificate must chain to; null: the system's roots.</param>
/// <param name="WrappingTtl">The lifetime of wrapping tokens.</param>
/// <param name="AppRolePath">The mount of AppRole below <c>auth/</c>, without slashes at its ends.</param>
/// <param name="Namespace">Vault's namespace, without slashes at its ends; null: none.</param>
/// <param name="BindToPodIp">Whether a secret_id and its token are valid only from the pod's own address.</param>
/// <param name="MaxConcurrency">How many requests this controller may send to Vault at once.</param>
internal sealed record VaultSettings(
    Uri Address, string AddressAsWritten, VaultLogin Login, bool SkipTokenRoleNameValidation, CaSource? Ca, TimeSpan WrappingTtl,
    string AppRolePath, string? Namespace, bool BindToPodIp, int MaxConcurrency);

/// <summary>How the controller gets its own Vault token.</summary>
internal abstract record VaultLogin
{
    private VaultLogin()
    {
    }

    /// <summary>The configuration holds the token: <c>vault.token</c>.</summary>
    /// <param name="Value">The token. A secret.</param>
    public sealed record Token(string Value) : VaultLogin
    {
        /// <inheritdoc/>
        public override string ToString() => "the token in vault.token";
    }

    /// <summary>The token is in a file that another program replaces (Vault Agent, or the kubelet for a mounted Secret): <c>vault.tokenFile</c>.</summary>
    /// <param name="Path">The file.</param>
    public sealed record TokenFile(string Path) : VaultLogin
    {
        /// <inheritdoc/>
        public override string ToString() => $"the token in {Path}";
    }

    /// <summary>Vault's Kubernetes auth method: <c>vault.auth.kubernetes</c>.</summary>
    /// <param name="Mount">The mount of the method, below <c>auth/</c>.</param>
    /// <param name="Role">The role in that method.</param>
    /// <param name="JwtPath">The file with the service account's token. The controller reads the file again for each login.</param>
    public sealed record Kubernetes(string Mount, string Role, string JwtPath) : VaultLogin
    {
        /// <inheritdoc/>
        public override string ToString() => $"the Kubernetes auth method at auth/{Mount}, role {Role}";
    }

    /// <summary>Vault's AppRole auth method: <c>vault.auth.approle</c>.</summary>
    /// <param name="Mount">The mount of the method, below <c>auth/</c>.</param>
    /// <param name="RoleIdFile">The file with the role_id.</param>
    /// <param name="SecretIdFile">The file with the secret_id. The controller reads the file again for each login.</param>
    public sealed record AppRole(string Mount, string RoleIdFile, string SecretIdFile) : VaultLogin
    {
        /// <inheritdoc/>
        public override string ToString() => $"the AppRole auth method at auth/{Mount}";
    }
}

/// <summary>Where CA certificates come from.</summary>
internal abstract record CaSource
{
    private CaSource()
    {
    }

    /// <summary>A PEM bundle.</summary>
    /// <param name="Path">The file.</param>
    public sealed record File(string Path) : CaSource;

    /// <summary>The CA certificates of PKI mounts in Vault.</summary>
    /// <param name="Mounts">The paths of the mounts.</param>
    public sealed record Backends(IReadOnlyList<string> Mounts) : CaSource;
}
