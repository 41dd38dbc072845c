namespace AkkaVault.Sandbox.Vault;

/// <summary>A mounted auth method. An operator writes its roles, and a login needs no token.</summary>
internal interface IAuthMethod
{
    /// <summary>The type in requests to <c>sys/auth/:path</c>.</summary>
    string Type { get; }

    /// <summary>Whether a role of that name exists. If it does, a write is an update, otherwise a create.</summary>
    bool RoleExists(string name);

    /// <summary><c>auth/:mount/login</c>.</summary>
    VaultAnswer Login(VaultRequest request);

    /// <param name="request">The request. The policies of its token allow it.</param>
    /// <param name="rest">The segments of the path below the mount.</param>
    VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest);
}
