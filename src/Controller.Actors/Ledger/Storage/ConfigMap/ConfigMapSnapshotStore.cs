using System.IO.Compression;
using Akka.Persistence;
using Akka.Persistence.Snapshot;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>
/// The snapshot store of <c>state.store: kubernetes</c>, in the same object as <see cref="ConfigMapJournal"/>. Loading is the first
/// step of a recovery and claims the ledger. Small snapshots stay until they are deleted, large ones until a newer one is saved.
/// </summary>
internal sealed class ConfigMapSnapshotStore : SnapshotStore
{
    private readonly ConfigMapLedger _ledger = ConfigMapLedger.Of(Context.System);
    private readonly PayloadFormat _format = new(Context.System);

    /// <inheritdoc/>
    protected override async Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        if (persistenceId != _ledger.PersistenceId) return null;
        var record = await _ledger.Writer.ClaimAsync(cancellationToken).ConfigureAwait(false);
        if (record.Find(criteria) is not { } found) return null;
        var payload = _format.Read(found.Payload with { Bytes = LedgerCodec.Unpack(found.Payload.Bytes) });
        return new SelectedSnapshot(new SnapshotMetadata(persistenceId, found.SequenceNr, found.Timestamp), payload);
    }

    /// <inheritdoc/>
    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        if (metadata.PersistenceId != _ledger.PersistenceId)
            throw new NotSupportedException($"the ledger's object holds the snapshots of \"{_ledger.PersistenceId}\" alone, not those of \"{metadata.PersistenceId}\"");
        var payload = _format.Write(snapshot);
        var stored = new StoredSnapshot(
            metadata.SequenceNr, metadata.Timestamp, payload with { Bytes = LedgerCodec.Pack(payload.Bytes, CompressionLevel.Optimal) });
        return _ledger.Writer.ChangeAsync(record => record.Save(stored), cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken)
    {
        // Metadata without a time means any snapshot at that event.
        var exactly = metadata.Timestamp > DateTime.MinValue;
        return DeleteAsync(
            metadata.PersistenceId,
            new SnapshotSelectionCriteria(metadata.SequenceNr, exactly ? metadata.Timestamp : DateTime.MaxValue, metadata.SequenceNr, exactly ? metadata.Timestamp : null),
            cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        persistenceId == _ledger.PersistenceId ? _ledger.Writer.ChangeAsync(record => record.Delete(criteria), cancellationToken) : Task.CompletedTask;
}
