namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>The result of a write that found another version of the object, or no object.</summary>
internal abstract record LedgerWrite
{
    private LedgerWrite()
    {
    }

    /// <summary>The write was stored, and only its answer was lost.</summary>
    /// <param name="Version">The object as the write left it.</param>
    public sealed record Stored(ObjectVersion Version) : LedgerWrite;

    /// <summary>Nobody has written: try again at this version.</summary>
    /// <param name="Version">The object's.</param>
    public sealed record Again(ObjectVersion Version) : LedgerWrite;

    /// <summary>The write will never be stored.</summary>
    /// <param name="Ownership">The ownership from now on.</param>
    public sealed record Failed(LedgerOwnership.Lost Ownership) : LedgerWrite;

    /// <summary>Decides.</summary>
    /// <param name="owned">The ownership before the write.</param>
    /// <param name="write">The write's name.</param>
    /// <param name="found">The object as it is now; null: there is none.</param>
    /// <param name="now">The time.</param>
    public static LedgerWrite Judge(LedgerOwnership.Owned owned, string write, ReadLedger? found, DateTimeOffset now)
    {
        if (found is null) return new Failed(Lose(owned, OwnershipLossReason.Deleted, "it was deleted", now));
        if (found.Version == owned.Version) return new Again(owned.Version);

        LedgerStamp stamp;
        try
        {
            stamp = LedgerCodec.Decode(found.Content).Stamp;
        }
        catch (InvalidDataException e)
        {
            return new Failed(Lose(owned, OwnershipLossReason.Changed, $"it is not a ledger: {e.Message}", now));
        }

        if (stamp.Write == write) return new Stored(found.Version);
        if (stamp.Owner != owned.Stamp.Owner) return new Failed(Lose(owned, OwnershipLossReason.Taken, $"{stamp.Owner} has claimed it (claim {stamp.ClaimNumber})", now));
        // Only metadata of the object changed, such as a label; or a renewal was stored whose answer was lost.
        return owned.Wrote(stamp) && found.Version.Uid == owned.Version.Uid
            ? new Again(found.Version)
            : new Failed(Lose(owned, OwnershipLossReason.Changed, "it was put back to an older state", now));
    }

    /// <summary>The ownership ends.</summary>
    public static LedgerOwnership.Lost Lose(LedgerOwnership.Owned owned, OwnershipLossReason reason, string explanation, DateTimeOffset now)
    {
        var lasting = now - owned.Since > LedgerClaim.DisputeDelay.Cap;
        var disputes = lasting ? 0 : owned.Disputes;
        return new LedgerOwnership.Lost(
            reason, explanation, reason == OwnershipLossReason.Deleted ? owned.Record : null, reason == OwnershipLossReason.Taken ? disputes + 1 : disputes);
    }
}
