using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary><c>auth/:mount/login</c>: a token for a role_id and a secret_id.</summary>
internal sealed class AppRoleLogin(AppRoleBackend backend, TokenStore tokens, SecretSource secrets, TimeProvider time)
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
            if (role.SecretIdBoundCidrs is { Count: > 0 } cidrs && !CidrBlocks.Contain(CidrBlocks.Parse(cidrs), request.RemoteAddress))
                throw Elsewhere(request.RemoteAddress, "role");
            var token = TokenFor(role, secretId, request);
            tokens.Add(token);
            return VaultAnswer.OfAuth(TokenView.OfAuth(token, token.CreationTtl));
        }
    }

    /// <summary>Uses a secret_id up, once. Vault counts the use before it looks at the CIDR blocks, so a login from the wrong place costs one.</summary>
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

    private TokenEntry TokenFor(AppRole role, SecretIdEntry? secretId, VaultRequest request)
    {
        var now = time.GetUtcNow();
        var ttl = role.TokenPeriod > TimeSpan.Zero ? role.TokenPeriod : role.TokenTtl > TimeSpan.Zero ? role.TokenTtl : TokenBackend.SystemMaxTtl;
        foreach (var limit in new[] { role.TokenMaxTtl, role.TokenExplicitMaxTtl })
        {
            if (limit > TimeSpan.Zero && limit < ttl) ttl = limit;
        }

        var meta = new Dictionary<string, string>(secretId?.Metadata ?? new Dictionary<string, string>()) { ["role_name"] = role.Name };
        var cidrs = secretId is { TokenCidrs.Count: > 0 } ? secretId.TokenCidrs : role.TokenBoundCidrs;
        return new TokenEntry
        {
            Id = secrets.ServiceToken(),
            Accessor = SecretSource.Accessor(),
            Path = request.Path,
            Policies = role.PoliciesOfToken,
            CreatedAt = now,
            CreationTtl = ttl,
            ExpiresAt = now + ttl,
            DisplayName = "approle",
            EntityId = role.EntityId,
            Meta = meta,
            Orphan = true,
            Renewable = true,
            Period = role.TokenPeriod,
            ExplicitMaxTtl = role.TokenExplicitMaxTtl,
            NumUses = role.TokenNumUses,
            UsesLeft = role.TokenNumUses,
            BoundCidrs = CidrBlocks.Parse(cidrs),
        };
    }

    /// <summary>With the stray format verb that Vault 1.8 prints there.</summary>
    private static VaultRefusal Elsewhere(IPAddress address, string where) =>
        new(400, $"source address \"{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}\" unauthorized by CIDR restrictions on the {where}: %!w(<nil>)");
}
