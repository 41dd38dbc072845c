namespace AkkaVault.Controller.Watching;

/// <summary>
/// When the watcher saves a snapshot. A snapshot is of what is stored: where the store is slow, much more waits to be stored, and the store
/// has to shrink before that.
/// </summary>
/// <param name="StoredEvents">How many events are stored, by the ledger's own count.</param>
/// <param name="BatchesUnderWay">How many batches of events are being stored.</param>
/// <param name="SavingEvents">The <paramref name="StoredEvents"/> of the snapshot that is being saved; null: none is.</param>
/// <param name="IsStoreNearlyFull">Whether the store has said so, and no snapshot has begun since.</param>
internal sealed record SnapshotSchedule(long StoredEvents, int BatchesUnderWay = 0, long? SavingEvents = null, bool IsStoreNearlyFull = false)
{
    /// <summary>So many events are stored between two snapshots.</summary>
    public const int EventsBetween = 1000;

    /// <summary>With so many events a bounded store may be full: a watcher that recovers them makes it smaller before it stores anything else.</summary>
    public const int MostEventsAtStart = 2 * EventsBetween;

    /// <summary>Whether a snapshot is to be saved before the watcher starts.</summary>
    public bool IsDueAtStart => StoredEvents >= MostEventsAtStart;

    /// <summary>Whether a snapshot is to be saved although no batch has just been stored. Within a batch none can be: what is stored is no state of the ledger.</summary>
    public bool IsDueBetweenBatches => SavingEvents is null && BatchesUnderWay == 0 && IsStoreNearlyFull;

    /// <summary>Whether a snapshot is to be saved now that a batch is stored.</summary>
    /// <param name="savedEvents">How many events the last snapshot has.</param>
    public bool IsDueAfterBatch(long savedEvents) => SavingEvents is null && (IsStoreNearlyFull || StoredEvents - savedEvents >= EventsBetween);

    /// <summary>A batch of events is being stored.</summary>
    public SnapshotSchedule BatchBegun() => this with { BatchesUnderWay = BatchesUnderWay + 1 };

    /// <summary>A batch of events is stored.</summary>
    /// <param name="storedEvents">How many events are stored now.</param>
    public SnapshotSchedule BatchStored(long storedEvents) => this with { BatchesUnderWay = BatchesUnderWay - 1, StoredEvents = storedEvents };

    /// <summary>The store is nearly full.</summary>
    public SnapshotSchedule StoreNearlyFull() => this with { IsStoreNearlyFull = true };

    /// <summary>A snapshot is being saved.</summary>
    public SnapshotSchedule SaveBegun() => this with { SavingEvents = StoredEvents, IsStoreNearlyFull = false };

    /// <summary>A snapshot was saved, or could not be.</summary>
    public SnapshotSchedule SaveEnded() => this with { SavingEvents = null };
}
