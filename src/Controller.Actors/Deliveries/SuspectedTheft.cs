using System.Collections.Immutable;

namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// A wrapping token of which the pod says that it is invalid, although it has not expired and no push of ours can have used it.
/// docs/behaviour/suspected-theft.md says how it becomes a report of theft, or a warning.
/// </summary>
/// <param name="Target">The run that the token was for.</param>
/// <param name="Accessor">The token's accessor.</param>
/// <param name="Expires">When it expires.</param>
internal sealed record SuspectedTheft(DeliveryTarget Target, string Accessor, DateTimeOffset Expires)
{
    /// <summary>The accessor of the last token that was issued after Vault's answer; null: none was.</summary>
    public string? NextIssued { get; init; }

    /// <summary>Whether no other controller can have revoked it.</summary>
    public bool NoOtherIssuer { get; init; }

    /// <summary>Whether a request to revoke it was not answered. That Vault does not know the token any more proves nothing then.</summary>
    public bool MayBeRevoked { get; init; }

    /// <summary>What Vault says.</summary>
    public WrappingTokenState VaultAnswer { get; init; }

    /// <summary>Whether a command that names these tokens was sent after Vault's answer.</summary>
    public bool IsKnownBy(ImmutableList<PendingRevocation> known) => NextIssued is not null && known.Exists(wrap => wrap.Accessor == NextIssued);

    /// <summary>Vault was asked to revoke it. Only the first answer counts: after that it may be this controller that has revoked it.</summary>
    /// <param name="wasAlive">Whether it was alive; null: that is not known.</param>
    /// <param name="now">This node's clock.</param>
    public SuspectedTheft Answered(bool? wasAlive, DateTimeOffset now) => VaultAnswer != WrappingTokenState.Pending ? this : this with
    {
        VaultAnswer = wasAlive switch
        {
            true => WrappingTokenState.Alive,
            false when !MayBeRevoked && now < Expires => WrappingTokenState.Dead,
            _ => WrappingTokenState.Unknown,
        },
    };
}

/// <summary>What Vault says of a token that a pod says is invalid.</summary>
internal enum WrappingTokenState
{
    /// <summary>Vault has not answered yet.</summary>
    Pending,

    /// <summary>The token was dead.</summary>
    Dead,

    /// <summary>The token was alive.</summary>
    Alive,

    /// <summary>It can no longer be found out.</summary>
    Unknown,
}
