using System.Collections.Immutable;

namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// A wrapping token of which the pod says that it is dead, although it had life left and no push of ours can have used it. Theft is
/// proven by two things. Vault does not know the token when it is to be revoked: what answers on a pod's port may say anything,
/// and a pod may ask another Vault. And no other controller has taken the run over from this one, that was held or cut off, and has
/// revoked it: a command that names a token issued after the find rules that out, for the leader has stored that token, and only it
/// knows where the run's actor is.
/// </summary>
/// <param name="Target">Whose token it was.</param>
/// <param name="Accessor">The token's accessor.</param>
/// <param name="Expires">When it is dead anyway.</param>
public sealed record SuspectedTheft(DeliveryTarget Target, string Accessor, DateTimeOffset Expires)
{
    /// <summary>The accessor of the last token that was issued after it was found; null: none was.</summary>
    public string? NextIssued { get; init; }

    /// <summary>Whether no other controller can have revoked it.</summary>
    public bool NoOtherIssuer { get; init; }

    /// <summary>Whether a request to revoke it had no answer: that Vault does not know it any more proves nothing then.</summary>
    public bool MayBeRevoked { get; init; }

    /// <summary>What Vault says.</summary>
    public WrappingTokenState VaultAnswer { get; init; }

    /// <summary>Whether whoever names these was told of what was issued after the find.</summary>
    public bool IsKnownBy(ImmutableList<PendingRevocation> known) => NextIssued is not null && known.Exists(wrap => wrap.Accessor == NextIssued);

    /// <summary>Vault was asked to revoke it.</summary>
    /// <param name="wasAlive">Whether it was alive; null: that is not known.</param>
    /// <param name="now">This node's clock.</param>
    public SuspectedTheft Answered(bool? wasAlive, DateTimeOffset now) => this with
    {
        VaultAnswer = wasAlive switch
        {
            true => WrappingTokenState.Alive,
            false when !MayBeRevoked && now < Expires => WrappingTokenState.Dead,
            _ => WrappingTokenState.Unknown,
        },
    };
}

/// <summary>What Vault says of a token that a pod says is dead.</summary>
public enum WrappingTokenState
{
    /// <summary>Nothing yet.</summary>
    Pending,

    /// <summary>It was dead.</summary>
    Dead,

    /// <summary>It was alive.</summary>
    Alive,

    /// <summary>It cannot be known any more.</summary>
    Unknown,
}
