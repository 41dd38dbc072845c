using System.Collections.Immutable;
using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Snapshot;

namespace AkkaVault.Controller.Ledger.Storage;

/// <summary>The ledger is stored nowhere (<c>state.store: none</c>): a watcher that starts reads the list of pods.</summary>
internal static class NullLedgerStore
{
    /// <summary>Adds a journal and a snapshot store that store nothing.</summary>
    public static AkkaConfigurationBuilder WithNullLedger(this AkkaConfigurationBuilder akka) => akka.AddHocon(
        $$"""
        akka.persistence {
          journal { plugin = "akka.persistence.journal.forgetful", forgetful.class = "{{NameOf(typeof(NullJournal))}}" }
          snapshot-store { plugin = "akka.persistence.snapshot-store.forgetful", forgetful.class = "{{NameOf(typeof(NullSnapshotStore))}}" }
        }
        """,
        HoconAddMode.Prepend);

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}

/// <summary>Accepts every event and stores none. Akka's in-memory journal would not do: a watcher that returns to a node would recover the events of its earlier time there.</summary>
internal sealed class NullJournal : AsyncWriteJournal
{
    /// <inheritdoc/>
    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) => Task.FromResult(0L);

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override Task<IImmutableList<Exception?>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken) =>
        Task.FromResult<IImmutableList<Exception?>>(ImmutableList.CreateRange(messages.Select(_ => (Exception?)null)));

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Accepts every snapshot and stores none.</summary>
internal sealed class NullSnapshotStore : SnapshotStore
{
    /// <inheritdoc/>
    protected override Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        Task.FromResult<SelectedSnapshot?>(null);

    /// <inheritdoc/>
    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) => Task.CompletedTask;
}
