namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// Handles one request from the first check to the answer, in Vault's order: status
/// pages, quota, body and wrap header, seal, token, policy, backend, wrapping.
/// </summary>
internal sealed class VaultRouter(VaultState state)
{
    public VaultAnswer Handle(VaultRequest request)
    {
        try
        {
            return Answer(request);
        }
        catch (VaultRefusal refusal)
        {
            return VaultAnswer.Errors(refusal.Status, refusal.Errors);
        }
    }

    private VaultAnswer Answer(VaultRequest request)
    {
        switch (request.Segments)
        {
            case ["sys", "health"]: return request.Reads ? state.Seal.Health() : VaultAnswer.Errors(405, []);
            case ["sys", "seal-status"]: return request.Reads ? state.Seal.Status() : VaultAnswer.Errors(405, []);
            case ["sys", "unseal"]: return state.Seal.Unseal(request);
        }

        if (state.Quotas.Refuse(request) is { } over) return over;
        request.ParseBody();
        var wrapTtl = WrapTtl(request);
        if (state.Seal.IsSealed) return SealBackend.Refusal(request.Token is { Length: > 0 });
        if (request.EndsInSlash && request.Writes) throw new VaultRefusal(400, "cannot write to a path ending in '/'");
        if (request.Outside) throw Stranger(request);
        var answer = Open(request) ?? Guarded(request);
        return wrapTtl > TimeSpan.Zero && answer.Wrappable ? state.Wrapping.Wrap(request, answer, wrapTtl) : answer;
    }

    /// <summary>
    /// The answer in a namespace where nothing is mounted. Only the root token is
    /// known there. Wrapping tokens and the tokens of the other namespace are not.
    /// </summary>
    private VaultRefusal Stranger(VaultRequest request)
    {
        if (request.Segments is ["sys", "wrapping", "lookup" or "unwrap"]) return WrappingStore.NotValid;
        if (string.IsNullOrEmpty(request.Token)) return new VaultRefusal(400, "missing client token");
        return state.Tokens.Find(request.Token) == state.Root ? VaultRefusal.NoHandler(request.Path) : VaultRefusal.BadToken;
    }

    /// <summary>Answers a request for a path that needs no token; null: the path needs one.</summary>
    private VaultAnswer? Open(VaultRequest request)
    {
        ReadOnlySpan<string> path = request.Segments;
        switch (path)
        {
            case ["sys", "wrapping", "lookup"]: return state.Wrapping.LookUp(request);
            case ["sys", "wrapping", "unwrap"]: return UnwrapFor(request);
            // MountInfo checks the token itself.
            case ["sys", "internal", "ui", "mounts", _, ..]: return state.MountInfo.Handle(request, path[4..]);
            case ["auth", ..]:
                return state.Mounts.AuthMethod(path[1..], out var length) is { } method && path[(length + 1)..] is ["login"]
                    ? method.Login(request)
                    : null;
            default:
                return state.Mounts.Engine(path, out var mounted) is { } engine && engine.IsOpen(request, path[mounted..])
                    ? engine.Handle(request, path[mounted..], null)
                    : null;
        }
    }

    /// <summary>
    /// A wrapping token may unwrap itself. If the body names the wrapping token and the
    /// request has another token, the policies of that token must allow the unwrap.
    /// </summary>
    private VaultAnswer UnwrapFor(VaultRequest request)
    {
        var named = request.Data.Text("token");
        if (!string.IsNullOrEmpty(named) && !string.IsNullOrEmpty(request.Token) && named != request.Token) Admit(request);
        return state.Wrapping.Unwrap(request);
    }

    private VaultAnswer Guarded(VaultRequest request)
    {
        var caller = Admit(request);
        // Only the path of a list may end in a slash.
        if (request.EndsInSlash && !request.Lists) throw VaultRefusal.UnsupportedPath;
        ReadOnlySpan<string> path = request.Segments;
        switch (path)
        {
            case ["auth", "token", .. var rest]: return state.TokenBackend.Handle(request, rest, caller);
            case ["auth", ..] when state.Mounts.AuthMethod(path[1..], out var length) is { } method:
                return method.Handle(request, path[(length + 1)..]);
            case ["sys", .. var rest]: return System(request, rest, caller);
            default:
                return state.Mounts.Engine(path, out var mounted) is { } engine
                    ? engine.Handle(request, path[mounted..], caller)
                    : throw VaultRefusal.NoHandler(request.Path);
        }
    }

    private VaultAnswer System(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry caller)
    {
        switch (rest)
        {
            case ["auth", .. var below]: return state.Mounts.HandleAuth(request, below);
            case ["leases", .. var below]: return state.Leases.Handle(request, below);
            // These paths are older than sys/leases.
            case ["renew" or "revoke", ..]: return state.Leases.Handle(request, rest);
            case ["mounts", .. var below]: return state.Mounts.HandleSecrets(request, below);
            case ["policies", "acl", .. var below]: return state.Policies.Handle(request, below);
            case ["policy", .. var below]: return state.Policies.Handle(request, below);
            case ["capabilities-self"]:
                return request.Writes ? state.Policies.Capabilities(request, caller.Policies) : throw VaultRefusal.UnsupportedOperation;
            case ["quotas", .. var below]: return state.Quotas.Handle(request, below);
            case ["seal"]:
                if (!request.Writes) throw new VaultRefusal(405);
                state.Seal.IsSealed = true;
                return VaultAnswer.NoContent;
            default: throw VaultRefusal.UnsupportedPath;
        }
    }

    /// <summary>
    /// Returns the request's token, after the checks: Vault knows it, its
    /// address is allowed, a use is left, and its policies allow the request.
    /// </summary>
    private TokenEntry Admit(VaultRequest request)
    {
        if (string.IsNullOrEmpty(request.Token)) throw new VaultRefusal(400, "missing client token");
        var caller = state.Tokens.Find(request.Token) ?? throw VaultRefusal.BadToken;
        if (caller.BoundCidrs.Count > 0 && !CidrBlocks.Contain(caller.BoundCidrs, request.RemoteAddress)) throw VaultRefusal.PolicyDenied;
        // A use counts even if the policies then deny the request.
        if (!state.Tokens.TryUse(caller)) throw VaultRefusal.BadToken;
        var wrapTtl = WrapTtl(request);
        var allowed = state.Policies.Allows(caller.Policies, request.Path, Capability(request), wrapTtl)
            && (!NeedsSudo(request) || state.Policies.Allows(caller.Policies, request.Path, "sudo", wrapTtl));
        return allowed ? caller : throw VaultRefusal.PolicyDenied;
    }

    private string Capability(VaultRequest request)
    {
        if (request.Reads) return "read";
        if (request.Lists) return "list";
        if (request.Deletes) return "delete";
        ReadOnlySpan<string> path = request.Segments;
        // Vault distinguishes create from update only where the backend can check whether the object exists.
        return path switch
        {
            ["auth", "token", "roles", var role] => state.TokenBackend.Roles.Find(role) is null ? "create" : "update",
            ["auth", .., "role", var role] when state.Mounts.AuthMethod(path[1..], out var length) is { } method && path.Length == length + 3 =>
                method.RoleExists(role) ? "update" : "create",
            _ => state.Mounts.Engine(path, out var mounted)?.Exists(path[mounted..]) is false ? "create" : "update",
        };
    }

    private bool NeedsSudo(VaultRequest request) => request.Segments is
        ["sys", "auth", _, ..] or ["sys", "seal"] or ["sys", "leases", "revoke-prefix", ..] or ["auth", "token", "accessors"] or ["auth", "token", "create-orphan"]
        || (state.Mounts.Engine(request.Segments, out var length) is { } engine && engine.NeedsSudo(request.Segments.AsSpan(length)));

    private static TimeSpan WrapTtl(VaultRequest request)
    {
        if (string.IsNullOrEmpty(request.WrapTtl)) return TimeSpan.Zero;
        if (!RequestData.TryParseSpan(request.WrapTtl, out var ttl, out var error))
            throw new VaultRefusal(400, $"error parsing X-Vault-Wrap-TTL header: {error}");
        return ttl >= TimeSpan.Zero ? ttl : throw new VaultRefusal(400, "error parsing X-Vault-Wrap-TTL header: requested wrap ttl cannot be negative");
    }
}
