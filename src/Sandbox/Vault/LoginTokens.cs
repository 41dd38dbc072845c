using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Who logged in, as an auth method found out.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="Name">What the token's display name ends with; empty: nothing but the mount.</param>
/// <param name="EntityId">Vault's identity of whoever logged in.</param>
/// <param name="Metadata">What the token is to say of it.</param>
internal sealed record LoggedIn(string Role, string Name, string EntityId, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Gives the token of a login, the same way for every auth method.</summary>
internal sealed class LoginTokens(TokenStore tokens, SecretSource secrets, TimeProvider time)
{
    /// <param name="request">The login.</param>
    /// <param name="who">Who logged in.</param>
    /// <param name="terms">What the role says of its tokens.</param>
    /// <param name="cidrs">Where the token may be used from; empty: anywhere.</param>
    /// <param name="termsNow">What the role says when the token is renewed; null when the role is gone.</param>
    public VaultAnswer Give(VaultRequest request, LoggedIn who, TokenTerms terms, IReadOnlyList<IPNetwork> cidrs, Func<TokenTerms?> termsNow)
    {
        var batch = terms.Type == "batch";
        var now = time.GetUtcNow();
        // Batch tokens carry whole seconds.
        var created = batch ? DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()) : now;
        var warnings = new List<string>();
        var ttl = LeaseTtl.Of(TimeSpan.Zero, terms.Ttl, terms.Period, terms.MaxTtl, terms.ExplicitMaxTtl, created, created, warnings);
        var mount = string.Join('-', request.Segments[1..^1]);
        var display = who.Name.Length == 0 ? mount : $"{mount}-{who.Name}";
        var token = new TokenEntry
        {
            Id = batch
                ? secrets.BatchToken(BatchTokens.Length([request.Path, display, who.EntityId, .. terms.PoliciesOfToken], who.Metadata, created, ttl))
                : secrets.ServiceToken(),
            Accessor = batch ? "" : SecretSource.Accessor(),
            Path = request.Path,
            Policies = terms.PoliciesOfToken,
            CreatedAt = created,
            CreationTtl = ttl,
            ExpiresAt = created + ttl,
            DisplayName = display,
            EntityId = who.EntityId,
            Type = batch ? "batch" : "service",
            Meta = who.Metadata,
            Orphan = true,
            Renewable = !batch,
            Period = terms.Period,
            ExplicitMaxTtl = terms.ExplicitMaxTtl,
            NumUses = terms.NumUses,
            UsesLeft = terms.NumUses,
            BoundCidrs = cidrs,
            Login = new LoginOrigin(who.Role, termsNow),
        };
        tokens.Add(token);
        return new VaultAnswer { Auth = TokenView.OfAuth(token, ttl), Warnings = warnings };
    }
}

/// <summary>Where the token of a login looks when it is renewed.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="TermsNow">What the role says now; null when it is gone.</param>
internal sealed record LoginOrigin(string Role, Func<TokenTerms?> TermsNow);
