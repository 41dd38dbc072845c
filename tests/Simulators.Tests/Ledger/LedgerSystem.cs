using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Serialization;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Tests.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Simulators.Tests.Ledger;

/// <summary>The actor system of one process with its ledger in Kubernetes. It sends the messages of a persistent actor.</summary>
internal sealed class LedgerSystem : IAsyncDisposable, ILedgerObserver
{
    public const string Id = "ledger";
    private const int Instance = 1;

    private readonly TestKit _kit;
    private readonly string _writer = Guid.NewGuid().ToString("N");
    private readonly List<(int Bytes, TimeSpan Taken)> _writes = [];

    private LedgerSystem(string name, ILedgerObject ledger)
    {
        var services = new LedgerWriterServices(ledger, name, this, TimeProvider.System, NullLogger<LedgerWriter>.Instance);
        var serializers = SerializationSetup.Create(system => [SerializerDetails.Create("pods", new WireSerializer(system), [typeof(IWireMessage)])]);
        System = ActorSystem.Create(name, BootstrapSetup.Create().WithConfig(ConfigMapLedgerStore.Hocon
                .WithFallback("akka.actor.allow-unsafe-type-serialization = off\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF"))
            .And(serializers).And(new ConfigMapLedgerSetup(Id, services)));
        _kit = new TestKit(System);
        Probe = _kit.CreateTestProbe();
    }

    public ActorSystem System { get; }

    public TestProbe Probe { get; }

    /// <summary>The writes of the object, without claims.</summary>
    public IReadOnlyList<(int Bytes, TimeSpan Taken)> Writes
    {
        get { lock (_writes) return [.. _writes]; }
    }

    private IActorRef Journal => Persistence.Instance.Apply(System).JournalFor("");

    private IActorRef Snapshots => Persistence.Instance.Apply(System).SnapshotStoreFor("");

    public static LedgerSystem Start(string name, ApiServer api, string ns, string map) => new(name, new LedgerConfigMap(api, ns, map, TimeProvider.System));

    public void LedgerWritten(int bytes, TimeSpan taken)
    {
        lock (_writes) _writes.Add((bytes, taken));
    }

    public void LedgerLost(OwnershipLossReason reason)
    {
    }

    /// <summary>Recovers as a persistent actor does: it reads the newest snapshot and then the events after it.</summary>
    public async Task<(SelectedSnapshot? Snapshot, List<IPersistentRepresentation> Events, long Highest)> RecoverAsync()
    {
        var snapshot = await LoadAsync(SnapshotSelectionCriteria.Latest);
        var (events, highest) = await ReplayAsync((snapshot?.Metadata.SequenceNr ?? 0) + 1, long.MaxValue, long.MaxValue);
        return (snapshot, events, highest);
    }

    public async Task<(List<IPersistentRepresentation> Events, long Highest)> ReplayAsync(long from, long to, long max, string id = Id)
    {
        Journal.Tell(new ReplayMessages(from, to, max, id, Probe));
        var events = new List<IPersistentRepresentation>();
        while (true)
        {
            switch (await Probe.ReceiveOneAsync(TimeSpan.FromSeconds(30)))
            {
                case ReplayedMessage replayed:
                    events.Add(replayed.Persistent);
                    break;
                case RecoverySuccess success:
                    return (events, success.HighestSequenceNr);
                case var other:
                    throw new InvalidOperationException($"no replay: {other}");
            }
        }
    }

    /// <summary>Sends a write. <see cref="Probe"/> receives the answers.</summary>
    public void Send(params IEnumerable<(long First, object[] Events)> writes) => Send(Id, writes);

    public void Send(string id, IEnumerable<(long First, object[] Events)> writes) => Journal.Tell(new WriteMessages(
        writes.Select(write => new AtomicWrite(write.Events.Select((happened, i) =>
            (IPersistentRepresentation)new Persistent(happened, write.First + i, id, "", false, ActorRefs.NoSender, _writer)).ToImmutableList())), Probe, Instance));

    /// <summary>Writes <see cref="Advanced"/> events with these numbers, and expects success.</summary>
    public async Task WriteAsync(params long[] numbers)
    {
        Send((numbers[0], [.. numbers.Select(number => new Advanced($"{number}"))]));
        await ExpectAsync<WriteMessagesSuccessful>();
        foreach (var number in numbers) Assert.Equal(number, (await ExpectAsync<WriteMessageSuccess>()).Persistent.SequenceNr);
    }

    /// <summary>Writes one event, and expects the failure that stops a persistent actor.</summary>
    public async Task<Exception> FailAsync(long number)
    {
        Send((number, [new Advanced($"{number}")]));
        await ExpectAsync<WriteMessagesFailed>();
        return (await ExpectAsync<WriteMessageFailure>()).Cause;
    }

    public async Task DeleteToAsync(long number)
    {
        Journal.Tell(new DeleteMessagesTo(Id, number, Probe));
        Assert.Equal(number, (await ExpectAsync<DeleteMessagesSuccess>()).ToSequenceNr);
    }

    public async Task<SelectedSnapshot?> LoadAsync(SnapshotSelectionCriteria criteria, string id = Id)
    {
        Snapshots.Tell(new LoadSnapshot(id, criteria, long.MaxValue), Probe);
        return (await ExpectAsync<LoadSnapshotResult>()).Snapshot;
    }

    public async Task SaveAsync(long number, DateTime timestamp, string cursor, IReadOnlyList<LedgerEntry>? entries = null)
    {
        Ask(new SaveSnapshot(new SnapshotMetadata(Id, number, timestamp), new LedgerSnapshot(cursor, entries ?? [])));
        await ExpectAsync<SaveSnapshotSuccess>();
    }

    /// <summary>Sends a message to the snapshot store.</summary>
    public void Ask(object request) => Snapshots.Tell(request, Probe);

    public async Task<T> ExpectAsync<T>() => await Probe.ExpectMsgAsync<T>(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await System.Terminate().EndsAsync();
        _kit.Dispose();
    }
}
