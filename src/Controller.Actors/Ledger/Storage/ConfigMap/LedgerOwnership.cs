using System.Collections.Immutable;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>Why this process no longer owns the ledger.</summary>
internal enum OwnershipLossReason
{
    /// <summary>Another process has claimed it.</summary>
    Taken,

    /// <summary>It was edited, or is another object now.</summary>
    Changed,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>It could not be reached until a write timed out.</summary>
    Unreachable,

    /// <summary>A write was refused.</summary>
    Refused,

    /// <summary>A writer had not recovered from what was stored.</summary>
    OutOfStep,
}

/// <summary>Whether this process may write the ledger, and what it knows of it. Immutable; changed by <see cref="LedgerClaim"/> and <see cref="LedgerWrite"/>.</summary>
/// <param name="Disputes">How often in a row the ledger was taken from this process.</param>
internal abstract record LedgerOwnership(int Disputes)
{
    /// <summary>Not claimed yet.</summary>
    public static readonly LedgerOwnership None = new Unclaimed();

    private sealed record Unclaimed() : LedgerOwnership(0);

    /// <summary>Claimed: nobody else has written since.</summary>
    /// <param name="Record">What is stored.</param>
    /// <param name="Stamp">The last write.</param>
    /// <param name="Version">The object as that write left it.</param>
    /// <param name="Since">When it was claimed.</param>
    /// <param name="Disputes">See <see cref="LedgerOwnership"/>.</param>
    public sealed record Owned(LedgerRecord Record, LedgerStamp Stamp, ObjectVersion Version, DateTimeOffset Since, int Disputes) : LedgerOwnership(Disputes)
    {
        /// <summary>Renewals since the last write that got no answer: each may have been stored, or may be stored yet.</summary>
        public ImmutableHashSet<string> Renewals { get; init; } = [];

        /// <summary>Whether a stamp is that of the last write of this process, as far as it knows.</summary>
        public bool Wrote(LedgerStamp stamp) => stamp == Stamp || Renewals.Any(write => stamp == Stamp with { Write = write });
    }

    /// <summary>Lost: all writes fail until it is claimed again.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Explanation">Why, for people.</param>
    /// <param name="Left">What was stored when it was deleted while this process owned it; null: not known for sure.</param>
    /// <param name="Disputes">See <see cref="LedgerOwnership"/>.</param>
    public sealed record Lost(OwnershipLossReason Reason, string Explanation, LedgerRecord? Left, int Disputes) : LedgerOwnership(Disputes);
}

/// <summary>The ledger was not written. This process may write it again only after a recovery.</summary>
/// <param name="lost">Why.</param>
internal sealed class LedgerOwnershipLostException(LedgerOwnership.Lost? lost)
    : Exception(lost is null ? "the ledger was not recovered before it was written" : $"this process no longer owns the ledger: {lost.Explanation}")
{
    /// <summary>Why; null: this process never owned it.</summary>
    public OwnershipLossReason? Reason { get; } = lost?.Reason;
}
