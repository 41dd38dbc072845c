using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>One mount of the AppRole auth method, with its roles and their secret_ids. <see cref="AppRoleLogin"/> handles logins.</summary>
internal sealed class AppRoleBackend(SecretSource secrets, LoginTokens tokens, TimeProvider time) : IAuthMethod
{
    /// <summary>Guards every role and secret_id of this mount.</summary>
    public Lock Gate { get; } = new();

    public Dictionary<string, AppRole> Roles { get; } = new(StringComparer.Ordinal);

    public string Type => "approle";

    public bool RoleExists(string name)
    {
        lock (Gate) return Roles.ContainsKey(name.ToLowerInvariant());
    }

    public VaultAnswer Login(VaultRequest request) => new AppRoleLogin(this, tokens, time).Handle(request);

    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest)
    {
        if (rest is ["role", var named, ..]) GenericName.Require(named);
        lock (Gate)
        {
            return rest switch
            {
                ["role"] when request.Lists => VaultAnswer.Keys(Roles.Keys.Order(StringComparer.Ordinal)),
                ["role", var name] => Role(request, name.ToLowerInvariant()),
                ["role", var name, "role-id"] => RoleId(request, name.ToLowerInvariant()),
                ["role", var name, "secret-id"] when request.Lists => Accessors(Required(name, 400)),
                ["role", var name, "secret-id"] when request.Writes => Issue(request, Required(name, 404), null),
                ["role", var name, "custom-secret-id"] when request.Writes => Issue(request, Required(name, 404), Required(request.Data, "secret_id")),
                ["role", var name, "secret-id", "lookup"] when request.Writes => LookUp(request, Required(name, 500)),
                ["role", var name, "secret-id", "destroy"] when request.Writes || request.Deletes => Destroy(request, Required(name, 500)),
                ["role", var name, "secret-id-accessor", "lookup"] when request.Writes =>
                    VaultAnswer.OfData(ByAccessor(request, Required(name, 500)).ToData()),
                ["role", var name, "secret-id-accessor", "destroy"] when request.Writes || request.Deletes =>
                    DestroyByAccessor(request, Required(name, 500)),
                ["role", _, "secret-id" or "custom-secret-id" or "secret-id-accessor", ..] => throw VaultRefusal.UnsupportedOperation,
                _ => throw VaultRefusal.UnsupportedPath,
            };
        }
    }

    private VaultAnswer Role(VaultRequest request, string name)
    {
        if (request.Reads) return VaultAnswer.OfData((Roles.GetValueOrDefault(name) ?? throw VaultRefusal.NotFound).ToData());
        if (request.Deletes)
        {
            Roles.Remove(name);
            return VaultAnswer.NoContent;
        }

        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        var data = request.Data.LookedFor;
        if (data.Text("role_id") is { } roleId) RequireFree(roleId, name);
        var known = Roles.GetValueOrDefault(name);
        var role = known ?? new AppRole(name);
        var warnings = role.Update(data, isNew: known is null);
        Roles[name] = role;
        return warnings.Count == 0 ? VaultAnswer.NoContent : new VaultAnswer { Warnings = warnings };
    }

    private VaultAnswer RoleId(VaultRequest request, string name)
    {
        if (request.Reads)
        {
            var found = Roles.GetValueOrDefault(name) ?? throw VaultRefusal.NotFound;
            return VaultAnswer.OfData(new JsonObject { ["role_id"] = found.RoleId });
        }

        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        var role = Required(name, 404);
        var roleId = Required(request.Data, "role_id");
        RequireFree(roleId, name);
        role.RoleId = roleId;
        return VaultAnswer.NoContent;
    }

    private void RequireFree(string roleId, string name)
    {
        if (Roles.Values.Any(other => other.Name != name && other.RoleId == roleId)) throw new VaultRefusal(500, VaultRefusal.OneError("role_id already in use"));
    }

    private VaultAnswer Issue(VaultRequest request, AppRole role, string? custom)
    {
        if (!role.BindSecretId) throw new VaultRefusal(400, "bind_secret_id is not set on the role");
        var data = request.Data;
        var cidrs = CidrBlocks.ParseForSecretId(data.Texts("cidr_list") ?? []);
        CidrBlocks.RequireSubset(data.Texts("cidr_list") ?? [], role.SecretIdBoundCidrs ?? []);
        var tokenCidrs = data.Texts("token_bound_cidrs") ?? [];
        CidrBlocks.ParseForSecretId(tokenCidrs, "token CIDR blocks");
        CidrBlocks.RequireSubset(tokenCidrs, role.Terms.BoundCidrs);
        var metadata = SecretIdMetadata.Parse(data.Text("metadata"));
        var entry = new SecretIdEntry
        {
            Value = custom is null ? secrets.SecretId() : secrets.Remember(custom),
            CreatedAt = time.GetUtcNow(),
            Ttl = role.SecretIdTtl,
            Metadata = metadata,
            Cidrs = cidrs,
            TokenCidrs = tokenCidrs,
            NumUses = role.SecretIdNumUses,
        };
        if (!role.SecretIds.TryAdd(entry.Value, entry)) throw new VaultRefusal(500, VaultRefusal.OneError("SecretID is already registered"));
        role.ByAccessor[entry.Accessor] = entry;
        if (role.SecretIds.Count % 1024 == 0) RemoveExpired(role);
        var answer = new JsonObject
        {
            ["secret_id"] = entry.Value,
            ["secret_id_accessor"] = entry.Accessor,
            ["secret_id_ttl"] = Json.Seconds(entry.Ttl),
        };
        return new VaultAnswer { Data = answer, SecretId = (role.Name, metadata) };
    }

    private VaultAnswer Accessors(AppRole role)
    {
        RemoveExpired(role);
        return VaultAnswer.Keys(role.ByAccessor.Keys);
    }

    private VaultAnswer LookUp(VaultRequest request, AppRole role)
    {
        var found = role.SecretIds.GetValueOrDefault(Required(request.Data, "secret_id"));
        // Vault answers the lookup of an unknown secret_id with 204 and no body.
        return found is null || !found.IsAlive(time.GetUtcNow()) ? VaultAnswer.NoContent : VaultAnswer.OfData(found.ToData());
    }

    private static VaultAnswer Destroy(VaultRequest request, AppRole role)
    {
        if (role.SecretIds.GetValueOrDefault(Required(request.Data, "secret_id")) is { } found) role.Remove(found);
        return VaultAnswer.NoContent;
    }

    private VaultAnswer DestroyByAccessor(VaultRequest request, AppRole role)
    {
        role.Remove(ByAccessor(request, role));
        return VaultAnswer.NoContent;
    }

    private SecretIdEntry ByAccessor(VaultRequest request, AppRole role)
    {
        var accessor = Required(request.Data, "secret_id_accessor");
        return role.ByAccessor.GetValueOrDefault(accessor) is { } found && found.IsAlive(time.GetUtcNow())
            ? found
            : throw new VaultRefusal(500, VaultRefusal.OneError($"failed to find accessor entry for secret_id_accessor: \"{accessor}\""));
    }

    private AppRole Required(string name, int statusWhenMissing) => Roles.GetValueOrDefault(name.ToLowerInvariant())
        ?? throw new VaultRefusal(statusWhenMissing, statusWhenMissing == 500 ? VaultRefusal.OneError(Missing(name)) : Missing(name));

    private static string Missing(string name) => $"role \"{name}\" does not exist";

    private static string Required(RequestData data, string field) =>
        data.Text(field) is { Length: > 0 } text ? text : throw new VaultRefusal(400, $"missing {field}");

    private void RemoveExpired(AppRole role)
    {
        var now = time.GetUtcNow();
        foreach (var dead in role.SecretIds.Values.Where(entry => !entry.IsAlive(now)).ToList()) role.Remove(dead);
    }
}
