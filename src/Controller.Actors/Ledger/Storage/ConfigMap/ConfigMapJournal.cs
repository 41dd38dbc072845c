using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>
/// The journal of <c>state.store: kubernetes</c>: one persistent actor's events, in the object that a <see cref="LedgerWriter"/>
/// writes. Events that cannot be serialized, and events of any other persistent actor, are rejected. A write that is not stored for another
/// reason fails, and so do all later writes until the actor has recovered.
/// </summary>
internal sealed class ConfigMapJournal : AsyncWriteJournal
{
    private readonly ConfigMapLedger _ledger = ConfigMapLedger.Of(Context.System);
    private readonly PayloadFormat _format = new(Context.System);

    /// <inheritdoc/>
    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        if (persistenceId != _ledger.PersistenceId) return;
        var record = await _ledger.Writer.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var stored in record.Replay(fromSequenceNr, toSequenceNr, max))
        {
            recoveryCallback(new Persistent(
                _format.Read(stored.Payload), stored.SequenceNr, persistenceId, stored.Manifest, false, ActorRefs.NoSender, stored.Writer, stored.Timestamp));
        }
    }

    /// <inheritdoc/>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        persistenceId == _ledger.PersistenceId ? (await _ledger.Writer.ClaimOnceAsync(cancellationToken).ConfigureAwait(false)).Highest : 0;

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception?>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var results = ImmutableList.CreateBuilder<Exception?>();
        var events = new List<StoredEvent>();
        var now = _ledger.Clock.GetUtcNow().Ticks;
        foreach (var write in messages)
        {
            try
            {
                events.AddRange(Prepare(write, now));
                results.Add(null);
            }
            catch (Exception e)
            {
                // Nothing was sent yet: whatever the serializer throws, this event cannot be stored.
                results.Add(e);
            }
        }

        if (events.Count > 0) await _ledger.Writer.ChangeAsync(record => record.Append(events), cancellationToken).ConfigureAwait(false);
        return results.ToImmutable();
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        persistenceId == _ledger.PersistenceId ? _ledger.Writer.ChangeAsync(record => record.DeleteTo(toSequenceNr), cancellationToken) : Task.CompletedTask;

    private List<StoredEvent> Prepare(AtomicWrite write, long now)
    {
        if (write.PersistenceId != _ledger.PersistenceId)
            throw new NotSupportedException($"the ledger's object holds the events of \"{_ledger.PersistenceId}\" alone, not those of \"{write.PersistenceId}\"");
        return [.. ((IEnumerable<IPersistentRepresentation>)write.Payload).Select(item => new StoredEvent(
            item.SequenceNr, now, item.WriterGuid ?? "", item.Manifest ?? "", _format.Write(item.Payload is Tagged tagged ? tagged.Payload : item.Payload)))];
    }
}
