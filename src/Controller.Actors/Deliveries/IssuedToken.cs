using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>A wrapping token that Vault has issued for a run; it stays on this node.</summary>
/// <param name="Token">The token.</param>
/// <param name="Expires">When it expires at the latest, by this node's clock: its TTL after Vault was asked.</param>
/// <param name="MayBeKnownToPod">Whether a push of it ended without an answer, so that the init container may have it.</param>
internal sealed record IssuedToken(WrappingToken Token, DateTimeOffset Expires, bool MayBeKnownToPod = false)
{
    /// <summary>Whether it has enough life left to be pushed again: more than a third of its TTL.</summary>
    public bool IsFresh(DateTimeOffset now) => Expires - now > Token.Ttl / 3;

    /// <summary>By accessor.</summary>
    public PendingRevocation PendingRevocation => new(Token.Accessor, Expires);
}
