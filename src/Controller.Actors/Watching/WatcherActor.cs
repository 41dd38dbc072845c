using System.Collections.Immutable;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Persistence;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Watching;

/// <summary>What the watcher needs.</summary>
/// <param name="Pods">Lists and watches the pods.</param>
/// <param name="PodRegion">The shard region of the pod actors.</param>
/// <param name="Observer">Counts what the watcher does, for metrics.</param>
/// <param name="Tracker">Gets the ledger, for people who ask for runs.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">The log.</param>
/// <param name="Capacity">How much fits into the ledger's store; null: everything.</param>
internal sealed record WatcherServices(
    IPodWatcher Pods, IActorRef PodRegion, IWatcherObserver Observer, ILedgerTracker Tracker, TimeProvider Clock, ILogger<WatcherActor> Log, LedgerCapacity? Capacity = null);

/// <summary>
/// The one watcher of the cluster. <see cref="RunLedger"/> decides what to do, and this actor does it: the actor stores the events of a
/// transition first and sends the commands after that. When the actor starts, it recovers the ledger, assigns all runs with work again,
/// and resumes the watch.
/// </summary>
internal sealed class WatcherActor : UntypedPersistentActor, IWithTimers
{
    /// <summary>The persistence id of its ledger.</summary>
    public const string LedgerId = "ledger";

    /// <summary>How often silent pod actors are looked for. Each round of assignments is stored, so they are collected for longer.</summary>
    public static readonly TimeSpan SilenceCheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often assignments without an answer are looked for.</summary>
    public static readonly TimeSpan AnswerCheckInterval = TimeSpan.FromMilliseconds(100);

    private readonly WatcherServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private RunLedger _ledger = RunLedger.Empty;
    private RunLedger _stored = RunLedger.Empty;
    private SnapshotSchedule _snapshots = new(0);
    private bool _started;
    private bool _reassigning;
    private DateTimeOffset? _redeliveriesDueAt;

    public WatcherActor(WatcherServices services) => _services = services;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public override string PersistenceId => LedgerId;

    public static Props Props(WatcherServices services) => Akka.Actor.Props.Create(() => new WatcherActor(services));

    private sealed record WatchEnded(Exception? Cause);

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: LedgerSnapshot snapshot }:
                _ledger = snapshot.ToLedger();
                break;
            case ILedgerEvent happened:
                _ledger = _ledger.Apply(happened);
                break;
            case RecoveryCompleted:
                (_stored, _snapshots) = (_ledger, new SnapshotSchedule(_ledger.EventCount));
                if (_snapshots.IsDueAtStart) Snapshot();
                else Start();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case not (SaveSnapshotSuccess or SaveSnapshotFailure) when !_started:
                Stash.Stash();
                break;
            case LedgerInput.PodWatched watched:
                Handle(watched);
                break;
            case IRunReport report:
                Handle(new LedgerInput.Reported(report));
                break;
            // Pod actors have not been asked yet while the last assignments are still being stored.
            case LedgerInput.SilenceCheckDue or LedgerInput.AnswerCheckDue when _reassigning:
                break;
            case LedgerInput.SilenceCheckDue or LedgerInput.AnswerCheckDue:
                Reassign((LedgerInput)message);
                break;
            case LedgerInput.RedeliveriesDue due:
                _redeliveriesDueAt = null;
                Handle(due);
                break;
            case ClusterEvent.MemberRemoved:
                Reassign(new LedgerInput.PodActorsLost());
                break;
            case WatchEnded ended:
                // The watch retries by itself; if it ends all the same, a new incarnation starts a new one.
                throw new InvalidOperationException("the watch of the pods has ended", ended.Cause);
            case LedgerNearlyFull:
                _snapshots = _snapshots.StoreNearlyFull();
                if (_snapshots.IsDueBetweenBatches) Snapshot();
                break;
            case SaveSnapshotSuccess saved:
                DeleteMessages(saved.Metadata.SequenceNr);
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                SnapshotEnded(new LedgerInput.SnapshotStored(_snapshots.SavingEvents!.Value));
                break;
            case SaveSnapshotFailure failure:
                _services.Log.SnapshotNotStored(failure.Cause);
                SnapshotEnded(null);
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
        // From here on, memory is ahead of what is stored. Nothing may follow from it, as after a failure.
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
        _started = true;
        _ledger = _ledger.Within(_services.Capacity);
        _services.Log.Watches(_ledger.Count, _ledger.ResumeToken);
        _services.Observer.WatcherStarted();
        _services.Observer.LedgerChanged(_ledger);
        Context.System.EventStream.Subscribe(Self, typeof(LedgerNearlyFull));
        Reassign(new LedgerInput.PodActorsLost());
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        WatchAsync(_ledger.ResumeToken, Self, _stopped.Token)
            .PipeTo(Self, success: _ => new WatchEnded(null), failure: e => new WatchEnded(e));
    }

    private async Task<Done> WatchAsync(string resumeToken, IActorRef self, CancellationToken cancellation)
    {
        await foreach (var item in _services.Pods.ReadAsync(resumeToken, cancellation).ConfigureAwait(false)) self.Tell(new LedgerInput.PodWatched(item));
        return Done.Instance;
    }

    private void Reassign(LedgerInput input)
    {
        if (!Handle(input)) return;
        _reassigning = true;
        DeferAsync(input, _ => _reassigning = false);
    }

    // Only runs with work have a pod actor that may be silent.
    private void ScheduleChecks()
    {
        var hasWork = !_ledger.Pods.IsEmpty;
        if (hasWork == Timers.IsTimerActive(nameof(SilenceCheckInterval))) return;
        if (hasWork)
        {
            Timers.StartPeriodicTimer(nameof(SilenceCheckInterval), new LedgerInput.SilenceCheckDue(), SilenceCheckInterval);
            Timers.StartPeriodicTimer(nameof(AnswerCheckInterval), new LedgerInput.AnswerCheckDue(), AnswerCheckInterval);
        }
        else
        {
            Timers.Cancel(nameof(SilenceCheckInterval));
            Timers.Cancel(nameof(AnswerCheckInterval));
        }
    }

    // One timer for the next time at which a run wants a redelivery; none where nobody does.
    private void ScheduleDeliveries()
    {
        var now = _services.Clock.GetUtcNow();
        if (_ledger.RedeliveriesDueAt(now) is var next && next == _redeliveriesDueAt) return;
        _redeliveriesDueAt = next;
        if (next is not { } at) Timers.Cancel(nameof(LedgerInput.RedeliveriesDue));
        else Timers.StartSingleTimer(nameof(LedgerInput.RedeliveriesDue), new LedgerInput.RedeliveriesDue(), TimeSpan.FromTicks(Math.Clamp((at - now).Ticks, 0, RedeliveryRules.LongestWait.Ticks)));
    }

    /// <returns>Whether something is being stored.</returns>
    private bool Handle(LedgerInput input)
    {
        var transition = _ledger.Handle(input, _services.Clock.GetUtcNow());
        if (transition.State.HasLeftOut && !_ledger.HasLeftOut) _services.Log.LeavesOut(transition.State.Pods.Count, transition.State.Served.Count);
        _ledger = transition.State;
        _services.Tracker.LedgerChanged(_ledger);
        if (transition.AsksForList) _services.Pods.List();
        if (transition.AsksToLocate) _services.Pods.Locate();
        ScheduleChecks();
        ScheduleDeliveries();
        var (events, commands) = (transition.Events, transition.Commands);
        if (events.IsEmpty)
        {
            // In order with what is being stored: a command never overtakes the event it follows from.
            if (!commands.IsEmpty) DeferAsync(commands, Send);
            return false;
        }

        _snapshots = _snapshots.BatchBegun();
        PersistAllAsync(events, stored =>
        {
            if (!ReferenceEquals(stored, events[^1])) return;
            (_snapshots, _stored) = (_snapshots.BatchStored(transition.State.EventCount), transition.State);
            Send(commands);
            if (_snapshots.IsDueAfterBatch(_ledger.SnapshotAt)) Snapshot();
        });
        _services.Observer.LedgerChanged(_ledger);
        return true;
    }

    private void Send(ImmutableList<IPodCommand> commands)
    {
        foreach (var command in commands) _services.PodRegion.Tell(command);
        Handle(new LedgerInput.CommandsSent(commands));
    }

    private void Snapshot()
    {
        _snapshots = _snapshots.SaveBegun();
        SaveSnapshot(LedgerSnapshot.Of(_stored));
    }

    private void SnapshotEnded(LedgerInput.SnapshotStored? stored)
    {
        _snapshots = _snapshots.SaveEnded();
        if (_started)
        {
            if (stored is not null) Handle(stored);
            return;
        }

        if (stored is not null) _ledger = _ledger.Handle(stored, _services.Clock.GetUtcNow()).State;
        Start();
        Stash.UnstashAll();
    }
}
