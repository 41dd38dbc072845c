using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>The wrapping token in use.</summary>
/// <param name="Token">The token.</param>
/// <param name="Expires">When it is dead, by this node's clock.</param>
/// <param name="MayBeKnownToPod">Whether a push of it ended without an answer, so that the init container may have it.</param>
public sealed record HeldToken(WrappingToken Token, DateTimeOffset Expires, bool MayBeKnownToPod)
{
    /// <summary>Whether it has enough life left to be pushed again: more than a third of its TTL.</summary>
    public bool IsFresh(DateTimeOffset now) => Expires - now > Token.Ttl / 3;

    /// <summary>By accessor.</summary>
    public PendingRevocation PendingRevocation => new(Token.Accessor, Expires);
}
