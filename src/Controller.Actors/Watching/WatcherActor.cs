using System.Collections.Immutable;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Persistence;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Watching;

/// <summary>What the watcher works with.</summary>
/// <param name="Pods">The pods.</param>
/// <param name="PodRegion">The shard region of the pod actors.</param>
/// <param name="Observer">Metrics.</param>
/// <param name="Tracker">Is told the ledger, for people who ask for runs.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">Where a person is told.</param>
public sealed record WatcherServices(
    IPodWatcher Pods, IActorRef PodRegion, IWatcherObserver Observer, ILedgerTracker Tracker, TimeProvider Clock, ILogger<WatcherActor> Log);

/// <summary>
/// The one watcher of the cluster. A thin persistent shell: <see cref="LedgerDecision"/> decides; what it decides is stored
/// first and sent after. Recovers the ledger, drives again what is in hand, and goes on watching from the cursor.
/// </summary>
public sealed class WatcherActor : UntypedPersistentActor, IWithTimers
{
    /// <summary>The persistence id of its ledger.</summary>
    public const string LedgerId = "ledger";

    private const int EventsBetweenSnapshots = 1000;
    // Each round is stored: those that only wait are put together.
    private static readonly TimeSpan SilentInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UnansweredInterval = TimeSpan.FromMilliseconds(100);

    private readonly WatcherServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private RunLedger _ledger = RunLedger.Empty;
    private int _eventsSinceSnapshot;
    private bool _snapshotting;
    private bool _reassigning;

    /// <summary>For <see cref="Props"/>.</summary>
    public WatcherActor(WatcherServices services) => _services = services;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public override string PersistenceId => LedgerId;

    /// <summary>How to make one.</summary>
    public static Props Props(WatcherServices services) => Akka.Actor.Props.Create(() => new WatcherActor(services));

    private sealed record ReassignDue(bool Unanswered);

    private sealed record ItemWatched(PodWatchItem Item);

    private sealed record WatchEnded(Exception? Cause);

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: LedgerSnapshot snapshot }:
                _ledger = snapshot.ToLedger();
                _eventsSinceSnapshot = 0;
                break;
            case ILedgerEvent happened:
                _ledger = _ledger.Apply(happened);
                _eventsSinceSnapshot++;
                break;
            case RecoveryCompleted:
                Start();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        var now = _services.Clock.GetUtcNow();
        switch (message)
        {
            case ItemWatched feed:
                CarryOut(LedgerDecision.Handle(_ledger, feed.Item, now));
                break;
            case IRunReport report:
                CarryOut(LedgerDecision.Handle(_ledger, report, now));
                break;
            // Who is waited for was not even asked while the last ones are not stored.
            case ReassignDue when _reassigning:
                break;
            case ReassignDue due:
                Reassign(due.Unanswered ? LedgerDecision.ReassignUnanswered(_ledger, now) : LedgerDecision.ReassignSilent(_ledger, now));
                break;
            case ClusterEvent.MemberRemoved:
                // Pods whose actors were there are nobody's until they are driven again.
                Reassign(LedgerDecision.ReassignAll(_ledger, now));
                break;
            case WatchEnded ended:
                // The feed retries by itself; if it ends all the same, a new incarnation starts a new one.
                throw new InvalidOperationException("the pod feed has ended", ended.Cause);
            case LedgerNearlyFull:
                SnapshotWhenStored();
                break;
            case SaveSnapshotSuccess saved:
                _snapshotting = false;
                DeleteMessages(saved.Metadata.SequenceNr);
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                break;
            case SaveSnapshotFailure failure:
                _snapshotting = false;
                _services.Log.SnapshotNotStored(failure.Cause);
                break;
            case DeleteMessagesFailure failure:
                _services.Log.EventsNotDeleted(failure.Cause);
                break;
            case DeleteSnapshotsFailure failure:
                _services.Log.SnapshotsNotDeleted(failure.Cause);
                break;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _services.Log.LedgerNotStored(cause);
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // What is in memory is ahead of what is stored from here on; as with a failure, nothing may follow from it.
        _services.Log.LedgerEventRejected(cause);
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _services.Observer.WatcherStopped();
        Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);
        _services.Tracker.LedgerChanged(null);
        _stopped.Cancel();
        _stopped.Dispose();
        base.PostStop();
    }

    private void Start()
    {
        _services.Log.Watches(_ledger.Entries.Count(), _ledger.ResumeToken);
        _services.Observer.WatcherStarted();
        _services.Observer.LedgerChanged(_ledger);
        Context.System.EventStream.Subscribe(Self, typeof(LedgerNearlyFull));
        Reassign(LedgerDecision.ReassignAll(_ledger, _services.Clock.GetUtcNow()));
        Timers.StartPeriodicTimer(nameof(SilentInterval), new ReassignDue(false), SilentInterval);
        Timers.StartPeriodicTimer(nameof(UnansweredInterval), new ReassignDue(true), UnansweredInterval);
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        WatchAsync(_ledger.ResumeToken, Self, _stopped.Token)
            .PipeTo(Self, success: _ => new WatchEnded(null), failure: e => new WatchEnded(e));
    }

    private async Task<Done> WatchAsync(string cursor, IActorRef self, CancellationToken cancellation)
    {
        await foreach (var item in _services.Pods.ReadAsync(cursor, cancellation).ConfigureAwait(false)) self.Tell(new ItemWatched(item));
        return Done.Instance;
    }

    private void Reassign(LedgerDecision decision)
    {
        CarryOut(decision);
        if (decision.Events.IsEmpty) return;
        _reassigning = true;
        DeferAsync(decision, _ => _reassigning = false);
    }

    private void CarryOut(LedgerDecision decision)
    {
        _ledger = decision.Ledger;
        _services.Tracker.LedgerChanged(_ledger);
        if (decision.Events.IsEmpty)
        {
            // In order with what is being stored: a command never overtakes the event it follows from.
            if (!decision.Commands.IsEmpty) DeferAsync(decision.Commands, Send);
            return;
        }

        var last = decision.Events[^1];
        PersistAllAsync(decision.Events, stored =>
        {
            if (ReferenceEquals(stored, last)) Send(decision.Commands);
        });
        _services.Observer.LedgerChanged(_ledger);
        _eventsSinceSnapshot += decision.Events.Count;
    }

    private void Send(ImmutableList<IPodCommand> commands)
    {
        foreach (var command in commands) _services.PodRegion.Tell(command);
        _ledger = LedgerDecision.Sent(_ledger, commands, _services.Clock.GetUtcNow());
        if (_eventsSinceSnapshot >= EventsBetweenSnapshots) SnapshotWhenStored();
    }

    private void SnapshotWhenStored()
    {
        if (_snapshotting) return;
        _snapshotting = true;
        _eventsSinceSnapshot = 0;
        DeferAsync(LedgerSnapshot.Of(_ledger), SaveSnapshot);
    }
}
