using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary><c>auth/:mount/login</c>: issues a token for a role_id and a secret_id.</summary>
internal sealed class AppRoleLogin(AppRoleBackend backend, LoginTokens tokens, TimeProvider time)
{
    public VaultAnswer Handle(VaultRequest request)
    {
        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        var roleId = request.Data.Text("role_id");
        if (string.IsNullOrEmpty(roleId)) throw new VaultRefusal(400, "missing role_id");
        lock (backend.Gate)
        {
            var role = backend.Roles.Values.FirstOrDefault(role => role.RoleId == roleId) ?? throw new VaultRefusal(400, "invalid role ID");
            var secretId = role.BindSecretId ? Use(role, request) : null;
            if (role.SecretIdBoundCidrs is { Count: > 0 } blocks && !CidrBlocks.Contain(CidrBlocks.Parse(blocks), request.RemoteAddress))
                throw Elsewhere(request.RemoteAddress, "role");
            var metadata = new Dictionary<string, string>(secretId?.Metadata ?? new Dictionary<string, string>()) { ["role_name"] = role.Name };
            var cidrs = CidrBlocks.Parse(secretId is { TokenCidrs.Count: > 0 } ? secretId.TokenCidrs : role.Terms.BoundCidrs);
            return tokens.Give(request, new LoggedIn(role.Name, "", role.EntityId, metadata), role.Terms, cidrs, () => TermsOf(role.Name));
        }
    }

    /// <summary>
    /// Counts one use of a secret_id. Vault counts the use before it checks the CIDR blocks, so a login from a forbidden address also counts.
    /// </summary>
    private SecretIdEntry Use(AppRole role, VaultRequest request)
    {
        var value = request.Data.Text("secret_id");
        if (string.IsNullOrEmpty(value)) throw new VaultRefusal(400, "missing secret_id");
        if (role.SecretIds.GetValueOrDefault(value) is not { } entry || !entry.IsAlive(time.GetUtcNow())) throw new VaultRefusal(400, "invalid secret id");
        if (entry.NumUses == 1) role.Remove(entry);
        else if (entry.NumUses > 1) entry.NumUses--;
        if (entry.Cidrs.Count > 0 && !CidrBlocks.Contain(entry.Cidrs, request.RemoteAddress)) throw Elsewhere(request.RemoteAddress, "secret ID");
        return entry;
    }

    private TokenTerms? TermsOf(string role)
    {
        lock (backend.Gate) return backend.Roles.GetValueOrDefault(role)?.Terms;
    }

    /// <summary>Vault 1.8 prints the stray format verb at the end of the message.</summary>
    private static VaultRefusal Elsewhere(IPAddress address, string where) =>
        new(400, $"source address \"{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}\" unauthorized by CIDR restrictions on the {where}: %!w(<nil>)");
}
