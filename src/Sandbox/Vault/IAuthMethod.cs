namespace AkkaVault.Sandbox.Vault;

/// <summary>A mounted auth method: roles that an operator writes, and logins that need no token.</summary>
internal interface IAuthMethod
{
    /// <summary>The type that <c>sys/auth/:path</c> enables it by.</summary>
    string Type { get; }

    /// <summary>Whether a role of that name exists: writing it is an update then, else a create.</summary>
    bool RoleExists(string name);

    /// <summary><c>auth/:mount/login</c>.</summary>
    VaultAnswer Login(VaultRequest request);

    /// <param name="request">The request, allowed by its token's policies already.</param>
    /// <param name="rest">The segments below the mount.</param>
    VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest);
}
