using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Who logged in, as the auth method determined it.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="Name">The end of the token's display name; empty: the display name is only the mount.</param>
/// <param name="EntityId">Vault's identity entity for the login.</param>
/// <param name="Metadata">The metadata of the token.</param>
internal sealed record LoggedIn(string Role, string Name, string EntityId, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Issues the token of a login, in the same way for every auth method.</summary>
internal sealed class LoginTokens(TokenStore tokens, SecretSource secrets, TimeProvider time)
{
    /// <param name="request">The login.</param>
    /// <param name="who">Who logged in.</param>
    /// <param name="terms">The role's settings for its tokens.</param>
    /// <param name="cidrs">CIDR blocks from which the token may be used; empty: any address.</param>
    /// <param name="termsNow">The role's present settings, for each renewal; null when the role was deleted.</param>
    public VaultAnswer Give(VaultRequest request, LoggedIn who, TokenTerms terms, IReadOnlyList<IPNetwork> cidrs, Func<TokenTerms?> termsNow)
    {
        var batch = terms.Type == "batch";
        var now = time.GetUtcNow();
        // Batch tokens store whole seconds.
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

/// <summary>The login that issued a token. A renewal of the token uses it.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="TermsNow">The role's present settings; null when the role was deleted.</param>
internal sealed record LoginOrigin(string Role, Func<TokenTerms?> TermsNow);
