using System.Collections.Immutable;

namespace AkkaVault.Controller.Deliveries;

/// <summary>The wrapping tokens of one delivery: the one in use, those that are to be revoked, and the last that were resolved.</summary>
internal sealed record DeliveryTokens
{
    // Each report repeats the last of them, since a report may be lost. A token that is missing in all reports is revoked once more.
    private const int ResolvedKept = 8;

    /// <summary>No token was issued yet.</summary>
    public static readonly DeliveryTokens None = new();

    private DeliveryTokens()
    {
    }

    /// <summary>The token that is pushed; null: there is none.</summary>
    public IssuedToken? InUse { get; init; }

    /// <summary>The tokens that are to be revoked.</summary>
    public ImmutableList<PendingRevocation> Revocations { get; private init; } = [];

    /// <summary>The accessors of the last tokens that were delivered or revoked, for reports.</summary>
    public ImmutableList<string> Resolved { get; private init; } = [];

    /// <summary>All tokens that may be alive and undelivered.</summary>
    public ImmutableList<PendingRevocation> Pending => InUse is { } issued ? Revocations.Add(issued.PendingRevocation) : Revocations;

    /// <summary>Whether the ledger knows all of them: a token that it does not know is revoked by nobody when this node dies.</summary>
    /// <param name="ledgers">The tokens that the ledger knows.</param>
    public bool AreKnownBy(ImmutableList<PendingRevocation> ledgers) => Pending.TrueForAll(token => ledgers.Exists(known => known.Accessor == token.Accessor));

    /// <summary>The token with this accessor, if it is to be revoked.</summary>
    public PendingRevocation? FindRevocation(string accessor) => Revocations.Find(token => token.Accessor == accessor);

    /// <summary>These tokens are to be revoked too, but for the one in use.</summary>
    /// <returns>The tokens from now on, and those for which no revocation was under way.</returns>
    public (DeliveryTokens Tokens, ImmutableList<PendingRevocation> New) Revoking(ImmutableList<PendingRevocation> tokens)
    {
        var added = tokens.RemoveAll(token => token.Accessor == InUse?.Token.Accessor || FindRevocation(token.Accessor) is not null);
        return (this with { Revocations = Revocations.AddRange(added) }, added);
    }

    /// <summary>A token was delivered, or revoked.</summary>
    public DeliveryTokens Resolve(string accessor) => new()
    {
        InUse = InUse?.Token.Accessor == accessor ? null : InUse,
        Revocations = Revocations.RemoveAll(token => token.Accessor == accessor),
        Resolved = [.. Resolved.Remove(accessor).Add(accessor).TakeLast(ResolvedKept)],
    };
}
