namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>What became of a write that met another version of the object, or none.</summary>
public abstract record LedgerWrite
{
    private LedgerWrite()
    {
    }

    /// <summary>It had happened, and only its answer was lost.</summary>
    /// <param name="Version">The object as it left it.</param>
    public sealed record Stored(ObjectVersion Version) : LedgerWrite;

    /// <summary>Nobody has written: try again at this version.</summary>
    /// <param name="Version">The object's.</param>
    public sealed record Again(ObjectVersion Version) : LedgerWrite;

    /// <summary>It will never happen.</summary>
    /// <param name="Tenure">What this process is left with.</param>
    public sealed record Failed(LedgerOwnership.Lost Tenure) : LedgerWrite;

    /// <summary>Decides.</summary>
    /// <param name="held">This process' tenure before the write.</param>
    /// <param name="write">The write's name.</param>
    /// <param name="found">The object as it is now; null: there is none.</param>
    /// <param name="now">The time.</param>
    public static LedgerWrite Judge(LedgerOwnership.Owned held, string write, ReadLedger? found, DateTimeOffset now)
    {
        if (found is null) return new Failed(Lose(held, OwnershipLossReason.Deleted, "it was deleted", now));
        if (found.Version == held.Version) return new Again(held.Version);

        LedgerStamp stamp;
        try
        {
            stamp = LedgerCodec.Decode(found.Content).Stamp;
        }
        catch (InvalidDataException e)
        {
            return new Failed(Lose(held, OwnershipLossReason.Changed, $"it is no ledger: {e.Message}", now));
        }

        if (stamp.Write == write) return new Stored(found.Version);
        if (stamp.Holder != held.Stamp.Holder) return new Failed(Lose(held, OwnershipLossReason.Taken, $"{stamp.Holder} has claimed it (claim {stamp.Epoch})", now));
        // Of the very object, something beside its content was changed, a label, say; or a renewal happened whose answer was lost.
        return held.Wrote(stamp) && found.Version.Uid == held.Version.Uid
            ? new Again(found.Version)
            : new Failed(Lose(held, OwnershipLossReason.Changed, "it was put back to an older state", now));
    }

    /// <summary>The end of a tenure.</summary>
    public static LedgerOwnership.Lost Lose(LedgerOwnership.Owned held, OwnershipLossReason reason, string explanation, DateTimeOffset now)
    {
        var lasting = now - held.Since > LedgerClaim.HoldOff.Cap;
        var disputes = lasting ? 0 : held.Disputes;
        return new LedgerOwnership.Lost(
            reason, explanation, reason == OwnershipLossReason.Deleted ? held.Record : null, reason == OwnershipLossReason.Taken ? disputes + 1 : disputes);
    }
}
