namespace AkkaVault.Sandbox.Vault;

/// <summary><c>auth/token/</c>: looks up, renews and revokes tokens, and has the token roles. <see cref="TokenCreation"/> creates tokens.</summary>
internal sealed class TokenBackend(TokenStore tokens, TokenCreation creation, TimeProvider time)
{
    /// <summary>Vault's system default for both the default and the maximum lease: 32 days.</summary>
    public static readonly TimeSpan SystemMaxTtl = TimeSpan.FromHours(768);

    public TokenRoles Roles { get; } = new();

    /// <param name="request">The request.</param>
    /// <param name="rest">The segments of the path below <c>auth/token</c>.</param>
    /// <param name="caller">The token of the request. Its policies allow the request.</param>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry caller)
    {
        if (rest is ["roles" or "create", var named, ..]) GenericName.Require(named);
        if (rest is ["roles", ..]) return Roles.Handle(request, rest[1..]);
        if (rest is ["lookup-self"] && (request.Reads || request.Writes)) return VaultAnswer.OfData(TokenView.OfLookup(caller, time.GetUtcNow()));
        if (rest is ["accessors"] && request.Lists) return VaultAnswer.Keys(tokens.AllAlive().Select(token => token.Accessor).Where(accessor => accessor.Length > 0));
        if (!request.Writes) throw rest.Length == 0 ? VaultRefusal.UnsupportedPath : VaultRefusal.UnsupportedOperation;
        return rest switch
        {
            ["create"] => creation.Create(request, caller, null, false),
            ["create-orphan"] => creation.Create(request, caller, null, true),
            ["create", var role] => creation.Create(request, caller, Roles.Find(role) ?? throw new VaultRefusal(400, $"unknown role {role}"), false),
            ["lookup"] => VaultAnswer.OfData(TokenView.OfLookup(Named(request), time.GetUtcNow())),
            ["lookup-accessor"] => VaultAnswer.OfData(TokenView.OfLookup(ByAccessor(request), time.GetUtcNow(), withoutId: true)),
            ["renew-self"] => Renew(caller, request.Data),
            ["renew"] => Renew(Named(request), request.Data),
            ["renew-accessor"] => Renew(ByAccessor(request), request.Data),
            ["revoke-self"] => Revoke(caller),
            ["revoke"] => Revoke(Named(request)),
            ["revoke-accessor"] => Revoke(ByAccessor(request)),
            _ => throw VaultRefusal.UnsupportedPath,
        };
    }

    private VaultAnswer Renew(TokenEntry entry, RequestData data)
    {
        if (entry.Type == "batch") throw new VaultRefusal(400, "batch tokens cannot be renewed");
        if (!entry.Renewable) throw new VaultRefusal(400, "lease is not renewable");
        var warnings = new List<string>();
        var increment = data.Span("increment") ?? TimeSpan.Zero;
        var ttl = entry.Login is { } login ? TtlOfLogin(entry, login, increment, warnings) : TtlOfToken(entry, increment, warnings);
        tokens.Renew(entry, ttl);
        return new VaultAnswer { Auth = TokenView.OfAuth(entry, ttl), Warnings = warnings };
    }

    private TimeSpan TtlOfToken(TokenEntry entry, TimeSpan increment, List<string> warnings)
    {
        var role = entry.Role is null ? null : Roles.Find(entry.Role) ?? throw CannotRenew($"original token role \"{entry.Role}\" could not be found, not renewing");
        var period = LeaseTtl.Least(entry.Period, role?.Period ?? TimeSpan.Zero);
        var explicitMax = LeaseTtl.Least(entry.ExplicitMaxTtl, role?.ExplicitMaxTtl ?? TimeSpan.Zero);
        return LeaseTtl.Of(increment, entry.CreationTtl, period, TimeSpan.Zero, explicitMax, entry.CreatedAt, time.GetUtcNow(), warnings);
    }

    /// <summary>The role's present settings apply, except for the explicit maximum, which the token itself stores.</summary>
    private TimeSpan TtlOfLogin(TokenEntry entry, LoginOrigin login, TimeSpan increment, List<string> warnings)
    {
        var terms = login.TermsNow() ?? throw CannotRenew($"role {login.Role} does not exist during renewal");
        return LeaseTtl.Of(increment, terms.Ttl, terms.Period, terms.MaxTtl, entry.ExplicitMaxTtl, entry.CreatedAt, time.GetUtcNow(), warnings);
    }

    private static VaultRefusal CannotRenew(string why) => new(500, VaultRefusal.OneError($"failed to renew entry: {why}"));

    private VaultAnswer Revoke(TokenEntry entry)
    {
        if (entry.Type == "batch") throw new VaultRefusal(400, "batch tokens cannot be revoked");
        tokens.Revoke(entry);
        return VaultAnswer.NoContent;
    }

    private TokenEntry Named(VaultRequest request) => request.Data.Text("token") is { Length: > 0 } token
        ? tokens.Find(token) ?? throw new VaultRefusal(403, "bad token")
        : throw new VaultRefusal(400, "missing token ID");

    private TokenEntry ByAccessor(VaultRequest request) => request.Data.Text("accessor") is { Length: > 0 } accessor
        ? tokens.FindByAccessor(accessor) ?? throw new VaultRefusal(400, VaultRefusal.OneError("invalid accessor"))
        : throw new VaultRefusal(400, "missing accessor");
}
