namespace AkkaVault.Sandbox.Vault;

/// <summary><c>auth/token/</c>: create, look up, renew and revoke tokens, and token roles.</summary>
internal sealed class TokenBackend(TokenStore tokens, SecretSource secrets, TimeProvider time)
{
    /// <summary>Vault's system default for both the default and the greatest lease: 32 days.</summary>
    public static readonly TimeSpan SystemMaxTtl = TimeSpan.FromHours(768);

    public TokenRoles Roles { get; } = new();

    /// <param name="request">The request.</param>
    /// <param name="rest">The segments below <c>auth/token</c>.</param>
    /// <param name="caller">The token that asks; allowed by its policies already.</param>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry caller)
    {
        if (rest is ["roles", ..]) return Roles.Handle(request, rest[1..]);
        if (rest is ["lookup-self"] && (request.Reads || request.Writes)) return VaultAnswer.OfData(TokenView.OfLookup(caller, time.GetUtcNow()));
        if (rest is ["accessors"] && request.Lists) return VaultAnswer.Keys(tokens.AllAlive().Select(token => token.Accessor).Where(accessor => accessor.Length > 0));
        if (!request.Writes) throw rest.Length == 0 ? VaultRefusal.NoHandler(request.Path) : VaultRefusal.UnsupportedOperation;
        return rest switch
        {
            ["create"] => Create(request, caller, null, false),
            ["create-orphan"] => Create(request, caller, null, true),
            ["create", var role] => Create(request, caller, Roles.Find(role) ?? throw new VaultRefusal(400, $"unknown role {role}"), false),
            ["lookup"] => VaultAnswer.OfData(TokenView.OfLookup(Named(request), time.GetUtcNow())),
            ["lookup-accessor"] => VaultAnswer.OfData(TokenView.OfLookup(ByAccessor(request), time.GetUtcNow(), withoutId: true)),
            ["renew-self"] => Renew(caller, request.Data),
            ["renew"] => Renew(Named(request), request.Data),
            ["renew-accessor"] => Renew(ByAccessor(request), request.Data),
            ["revoke-self"] => Revoke(caller),
            ["revoke"] => Revoke(Named(request)),
            ["revoke-accessor"] => Revoke(ByAccessor(request)),
            _ => throw VaultRefusal.NoHandler(request.Path),
        };
    }

    private VaultAnswer Create(VaultRequest request, TokenEntry caller, TokenRole? role, bool orphan)
    {
        var data = request.Data;
        var batch = data.Text("type") == "batch";
        var policies = PoliciesOf(data, caller, role);
        var root = policies is ["root"];
        var now = time.GetUtcNow();
        var ownPeriod = data.Span("period") ?? TimeSpan.Zero;
        var period = role?.Period > TimeSpan.Zero ? role.Period : ownPeriod;
        var ownMax = data.Span("explicit_max_ttl") ?? TimeSpan.Zero;
        var asked = data.Span("ttl") ?? TimeSpan.Zero;
        var warnings = new List<string>();
        var ttl = root && period + asked == TimeSpan.Zero
            ? TimeSpan.Zero
            : LeaseTtl.Of(TimeSpan.Zero, asked, period, TimeSpan.Zero, LeaseTtl.Least(ownMax, role?.ExplicitMaxTtl ?? TimeSpan.Zero), now, now, warnings);
        var uses = data.Number("num_uses") ?? 0;
        orphan = orphan || (role?.Orphan ?? data.Flag("no_parent") ?? false);
        var entry = new TokenEntry
        {
            Id = NewId(data, caller, batch),
            Accessor = batch ? "" : SecretSource.Accessor(),
            Path = request.Path,
            Policies = policies,
            // Batch tokens carry whole seconds.
            CreatedAt = batch ? DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()) : now,
            CreationTtl = ttl,
            DisplayName = data.Text("display_name") is { Length: > 0 } name ? $"token-{name}" : "token",
            Type = batch ? "batch" : "service",
            Role = role?.Name,
            Parent = orphan ? null : caller,
            Orphan = orphan,
            Renewable = !batch && ttl > TimeSpan.Zero && (role?.Renewable ?? true) && (data.Flag("renewable") ?? true),
            Period = ownPeriod,
            ExplicitMaxTtl = ownMax,
            NumUses = uses,
            UsesLeft = uses,
        };
        entry.ExpiresAt = ttl == TimeSpan.Zero ? null : entry.CreatedAt + ttl;
        tokens.Add(entry);
        return new VaultAnswer { Auth = TokenView.OfAuth(entry, ttl), Warnings = warnings };
    }

    private string NewId(RequestData data, TokenEntry caller, bool batch)
    {
        if (data.Text("id") is not { Length: > 0 } wanted) return batch ? secrets.BatchToken() : secrets.ServiceToken();
        if (!caller.IsRoot) throw new VaultRefusal(400, "root or sudo privileges required to specify token id");
        return tokens.Find(wanted) is null ? secrets.Remember(wanted) : throw new VaultRefusal(400, "cannot create a token with a duplicate ID");
    }

    private static IReadOnlyList<string> PoliciesOf(RequestData data, TokenEntry caller, TokenRole? role)
    {
        var asked = data.Texts("policies") ?? [];
        var noDefault = data.Flag("no_default_policy") ?? false;
        if (role is { AllowedPolicies.Count: > 0 })
        {
            if (asked.Count == 0) asked = role.AllowedPolicies;
            else if (asked.Except(role.AllowedPolicies).Any(policy => policy != "default"))
                throw new VaultRefusal(400, $"token policies ({Quoted(asked)}) must be subset of the role's allowed policies ({Quoted(role.AllowedPolicies)})");
        }
        else if (asked.Count == 0)
        {
            asked = caller.Policies;
        }
        else if (!caller.IsRoot && asked.Except(caller.Policies).Any(policy => policy != "default"))
        {
            throw new VaultRefusal(400, "child policies must be subset of parent");
        }

        if (role?.DisallowedPolicies.Intersect(asked).FirstOrDefault() is { } disallowed)
            throw new VaultRefusal(400, $"token policy \"{disallowed}\" is disallowed by this role");
        if (asked.Contains("root")) return caller.IsRoot ? ["root"] : throw new VaultRefusal(400, "root tokens may not be created without parent token being root");
        return [.. asked.Concat(noDefault ? [] : ["default"]).Distinct().Order(StringComparer.Ordinal)];
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
        var period = role?.Period > TimeSpan.Zero ? role.Period : entry.Period;
        var explicitMax = LeaseTtl.Least(entry.ExplicitMaxTtl, role?.ExplicitMaxTtl ?? TimeSpan.Zero);
        return LeaseTtl.Of(increment, entry.CreationTtl, period, TimeSpan.Zero, explicitMax, entry.CreatedAt, time.GetUtcNow(), warnings);
    }

    /// <summary>By what the role says now, but for the explicit maximum, which the token carries.</summary>
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

    private static string Quoted(IEnumerable<string> names) => $"[{string.Join(" ", names.Select(name => $"\"{name}\""))}]";
}
