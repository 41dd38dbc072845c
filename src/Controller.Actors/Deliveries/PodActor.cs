using Akka.Actor;
using AkkaVault.Shared;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What a pod actor needs.</summary>
/// <param name="Issuer">Issues and revokes wrapping tokens.</param>
/// <param name="ShutdownRevoker">Revokes the tokens of pod actors that stop, if the process ends too.</param>
/// <param name="Pusher">Pushes to init containers.</param>
/// <param name="Events">Records events on pods.</param>
/// <param name="Observer">Counts how deliveries go, for metrics.</param>
/// <param name="Runs">Gets the state of each run, for people who ask.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">The log.</param>
internal sealed record PodActorServices(
    ISecretIssuer Issuer, IShutdownRevoker ShutdownRevoker, ISecretPusher Pusher, IPodEvents Events, IDeliveryObserver Observer, IRunTracker Runs, TimeProvider Clock,
    ILogger<PodActor> Log);

/// <summary>
/// Serves the runs of one pod; sharded by the pod's uid. <see cref="Delivery"/> decides what to do, and this actor does it. The actor
/// stops when nothing is left to do, and starts again with what the watcher's ledger knows.
/// </summary>
internal sealed class PodActor : UntypedActor, IWithTimers
{
    /// <summary>How long pushes, and requests that Vault is answering, may go on after this actor was asked to stop.</summary>
    /// <remarks>All pods of its shard wait for it. A push that was cut off may still have served its pod, which the API server will show.</remarks>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(400);

    private readonly PodActorServices _services;
    private readonly DeliveryOperations _operations;
    private readonly DeliveryNotifications _notifications;
    private readonly Dictionary<RunId, Delivery> _deliveries = [];
    private readonly Dictionary<RunId, CancellationTokenSource> _pushes = [];
    private readonly Dictionary<(RunId Run, int Operation), CancellationTokenSource> _issues = [];
    private readonly CancellationTokenSource _stopped = new();
    private IActorRef _watcher = ActorRefs.Nobody;
    // Of the deliveries that are finished: the push of a cancelled one may end later than that.
    private int _lastOperation;
    private bool _stopping;

    public PodActor(PodActorServices services) => (_services, _operations, _notifications) = (services, new DeliveryOperations(services), new DeliveryNotifications(services));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(PodActorServices services) => Akka.Actor.Props.Create(() => new PodActor(services));

    /// <summary>Asks a pod actor to stop. A push that is under way may still end.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed record DeliveryInputReceived(RunId Run, DeliveryInput Input);

    private sealed record StopTimedOut;

    private enum TimerOf
    {
        Retry,
        OverdueCheck,
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IPodCommand command:
                _watcher = Sender;
                Handle(command.Run, InputOf(command));
                break;
            case DeliveryInputReceived received:
                ForgetIssue(received);
                Handle(received.Run, received.Input);
                break;
            case Stop:
                _stopping = true;
                // Requests that Vault has not got yet are no longer sent.
                foreach (var waiting in _issues.Values) waiting.Cancel();
                Timers.StartSingleTimer(typeof(StopTimedOut), new StopTimedOut(), StopTimeout);
                StopIfIdle();
                break;
            case StopTimedOut:
                UnassignAndStop();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _services.ShutdownRevoker.Add(_deliveries.Values.SelectMany(delivery => delivery.Tokens.Pending));
        foreach (var found in _deliveries.Values.SelectMany(delivery => delivery.SuspectedThefts.All))
            _services.Log.WrappingTokenDead(found.Target.Namespace, found.Target.Name, found.Target.Role);
        _stopped.Cancel();
        _stopped.Dispose();
        foreach (var run in _deliveries.Keys) _services.Runs.Unassigned(run);
        foreach (var source in _pushes.Values.Concat(_issues.Values)) source.Dispose();
    }

    private static DeliveryInput InputOf(IPodCommand command) => command switch
    {
        AssignRun assign => new DeliveryInput.Assign(assign.Target, assign.SeenAt, assign.PendingRevocations, assign.IsRedelivery, assign.HadUnansweredPush),
        CancelRun cancel => new DeliveryInput.Cancel(cancel.PendingRevocations, cancel.IsCompleted),
        AckRun ack => new DeliveryInput.Ack(ack.SeenAt, ack.LastPushed),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "not a pod command"),
    };

    private void StopIfIdle()
    {
        if (_stopping && _pushes.Count == 0 && _issues.Count == 0) UnassignAndStop();
    }

    // The watcher assigns these runs again at once, and does not wait until their silence lasts too long.
    private void UnassignAndStop()
    {
        foreach (var (run, delivery) in _deliveries) _watcher.Tell(new RunUnassigned(run, delivery.MayHaveDelivered));
        Context.Stop(Self);
    }

    private void ForgetIssue(DeliveryInputReceived received)
    {
        int? ended = received.Input switch
        {
            DeliveryInput.TokenIssued issued => issued.Operation,
            DeliveryInput.IssueFailed failed => failed.Operation,
            DeliveryInput.IssueCancelled cancelled => cancelled.Operation,
            _ => null,
        };
        if (ended is { } operation && _issues.Remove((received.Run, operation), out var source)) source.Dispose();
    }

    private void Handle(RunId run, DeliveryInput input)
    {
        if (TransitionOf(run, input) is not { } transition) return;
        _deliveries[run] = transition.State;
        _services.Runs.Updated(transition.State);
        foreach (var effect in transition.Effects) Perform(run, effect);
        if (transition.State.State != DeliveryState.Pushing && _pushes.Remove(run, out var ended)) ended.Dispose();
        StopIfIdle();
    }

    private Transition<Delivery, DeliveryEffect>? TransitionOf(RunId run, DeliveryInput input) => _deliveries.TryGetValue(run, out var delivery)
        ? delivery.Handle(input, _services.Clock.GetUtcNow(), Random.Shared.NextDouble())
        : input switch
        {
            DeliveryInput.Assign assign => Delivery.Begin(assign, _lastOperation),
            DeliveryInput.Cancel cancel => Delivery.BeginCancelled(run, cancel, _lastOperation),
            // It comes late: the delivery is finished.
            _ => null,
        };

    private void Perform(RunId run, DeliveryEffect effect)
    {
        switch (effect)
        {
            // Nothing new is started. The next pod actor of the run starts over, and revokes what this one has reported.
            case DeliveryEffect.Issue or DeliveryEffect.Push when _stopping:
                break;
            case DeliveryEffect.Issue issue:
                var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
                _issues[(run, issue.Operation)] = waiting;
                Receive(run, _operations.IssueAsync(issue, waiting.Token, _stopped.Token));
                break;
            case DeliveryEffect.CancelIssue cancel:
                _issues.GetValueOrDefault((run, cancel.Operation))?.Cancel();
                break;
            case DeliveryEffect.Push push:
                var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
                _pushes[run] = cancellation;
                Receive(run, _operations.PushAsync(push, cancellation.Token));
                break;
            case DeliveryEffect.CancelPush:
                _pushes.GetValueOrDefault(run)?.Cancel();
                break;
            case DeliveryEffect.Revoke revoke:
                Receive(run, _operations.RevokeAsync(revoke, _stopped.Token));
                break;
            case DeliveryEffect.ScheduleRetry retry:
                Schedule((run, TimerOf.Retry), run, new DeliveryInput.RetryDue(retry.Operation), retry.Delay);
                break;
            case DeliveryEffect.ScheduleRevokeRetry retry:
                Schedule((run, retry.Accessor), run, new DeliveryInput.RevokeRetryDue(retry.Accessor), retry.Delay);
                break;
            case DeliveryEffect.ScheduleOverdueCheck check:
                Schedule((run, TimerOf.OverdueCheck), run, new DeliveryInput.OverdueCheckDue(check.Operation), check.Delay);
                break;
            case DeliveryEffect.Report report:
                _watcher.Tell(report.Message);
                break;
            case DeliveryEffect.Notification notification:
                _notifications.Perform(_deliveries[run].Target, _deliveries[run].IsRedelivery, notification);
                break;
            case DeliveryEffect.Finish:
                // The shard passivates idle pod actors: a stop that is asked for here could overtake a new run's first message.
                Timers.Cancel((run, TimerOf.OverdueCheck));
                if (_deliveries.Remove(run, out var finished)) _lastOperation = Math.Max(_lastOperation, finished.Operation);
                _services.Runs.Finished(run);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }

    private void Receive(RunId run, Task<DeliveryInput> operation) => operation.PipeTo(Self, success: input => new DeliveryInputReceived(run, input));

    private void Schedule(object timer, RunId run, DeliveryInput input, TimeSpan delay) => Timers.StartSingleTimer(timer, new DeliveryInputReceived(run, input), delay);
}
