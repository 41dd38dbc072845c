using Akka.Actor;
using AkkaVault.Controller.Common;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What a pod actor works with.</summary>
/// <param name="Issuer">Vault.</param>
/// <param name="ShutdownRevoker">Takes what an actor leaves.</param>
/// <param name="Pusher">The way to init containers.</param>
/// <param name="Events">Events on pods.</param>
/// <param name="Observer">Metrics.</param>
/// <param name="Runs">Where people see how far runs are.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">Where a person is told.</param>
public sealed record PodActorServices(
    ISecretIssuer Issuer, IShutdownRevoker ShutdownRevoker, ISecretPusher Pusher, IPodEvents Events, IDeliveryObserver Observer, IRunTracker Runs, TimeProvider Clock,
    ILogger<PodActor> Log);

/// <summary>
/// Drives the runs of one pod; sharded by the pod's uid. A thin shell: <see cref="Delivery"/> decides. It stops when nothing is
/// left to do, and starts again with what the watcher's ledger knows.
/// </summary>
public sealed class PodActor : UntypedActor, IWithTimers
{
    /// <summary>How long pushes, and requests that Vault is answering, may go on after this actor was asked to stop.</summary>
    /// <remarks>All pods of its shard wait for it. One that was cut off may still have served its pod, which the API server will tell.</remarks>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(400);

    private readonly PodActorServices _services;
    private readonly Dictionary<RunId, Delivery> _deliveries = [];
    private readonly Dictionary<RunId, CancellationTokenSource> _pushes = [];
    private readonly Dictionary<(RunId Run, int Operation), CancellationTokenSource> _issues = [];
    private readonly CancellationTokenSource _stopped = new();
    private IActorRef _watcher = ActorRefs.Nobody;
    private bool _stopping;

    /// <summary>For <see cref="Props"/>.</summary>
    public PodActor(PodActorServices services) => _services = services;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(PodActorServices services) => Akka.Actor.Props.Create(() => new PodActor(services));

    /// <summary>Asks a pod actor to stop: a push under way may still end.</summary>
    public sealed record Stop
    {
        /// <summary>The message.</summary>
        public static readonly Stop Instance = new();
    }

    private sealed record DeliveryInputReceived(RunId Run, DeliveryInput Input);

    private sealed record StopTimedOut;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IPodCommand command:
                _watcher = Sender;
                Handle(command.Run, InputOf(command));
                break;
            case DeliveryInputReceived happened:
                RemoveIssue(happened);
                Handle(happened.Run, happened.Input);
                break;
            case Stop:
                _stopping = true;
                // Those that only wait their turn are not sent any more.
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
        _services.ShutdownRevoker.Add(_deliveries.Values.SelectMany(delivery => delivery.PendingRevocations));
        foreach (var found in _deliveries.Values.SelectMany(delivery => delivery.SuspectedThefts.All))
            _services.Log.WrappingTokenDead(found.Target.Namespace, found.Target.Name, found.Target.Role);
        _stopped.Cancel();
        _stopped.Dispose();
        foreach (var run in _deliveries.Keys) _services.Runs.Unassigned(run);
        foreach (var source in _pushes.Values.Concat(_issues.Values)) source.Dispose();
    }

    private static DeliveryInput InputOf(IPodCommand command) => command switch
    {
        AssignRun drive => new DeliveryInput.Assign(drive.Target, drive.SeenAt, drive.PendingRevocations),
        CancelRun drop => new DeliveryInput.Cancel(drop.PendingRevocations),
        AckRun => new DeliveryInput.Ack(),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "not a pod command"),
    };

    // Only the kind: what is unforeseen may quote anything.
    private static string Unforeseen(Exception e) => $"unforeseen: {e.GetType().Name}";

    private void StopIfIdle()
    {
        if (_stopping && _pushes.Count == 0 && _issues.Count == 0) UnassignAndStop();
    }

    // Nobody drives these until they are driven again: the watcher need not wait for their silence.
    private void UnassignAndStop()
    {
        foreach (var run in _deliveries.Keys) _watcher.Tell(new RunUnassigned(run));
        Context.Stop(Self);
    }

    private void RemoveIssue(DeliveryInputReceived happened)
    {
        int? issue = happened.Input switch
        {
            DeliveryInput.TokenIssued issued => issued.Operation,
            DeliveryInput.IssueFailed failed => failed.Operation,
            DeliveryInput.IssueCancelled given => given.Operation,
            _ => null,
        };
        if (issue is { } operation && _issues.Remove((happened.Run, operation), out var source)) source.Dispose();
    }

    private void Handle(RunId run, DeliveryInput input)
    {
        if (TransitionOf(run, input) is not { } transition) return;
        _deliveries[run] = transition.State;
        _services.Runs.Updated(transition.State);
        foreach (var effect in transition.Effects) Perform(run, effect);
        StopIfIdle();
    }

    private Transition<Delivery, DeliveryEffect>? TransitionOf(RunId run, DeliveryInput input) => _deliveries.TryGetValue(run, out var delivery)
        ? delivery.Handle(input, _services.Clock.GetUtcNow(), Random.Shared.NextDouble())
        : input switch
        {
            DeliveryInput.Assign drive => Delivery.Begin(drive),
            DeliveryInput.Cancel drop => Delivery.BeginCancelled(run, drop),
            // Late news of a delivery that is finished.
            _ => null,
        };

    private void Perform(RunId run, DeliveryEffect effect)
    {
        var target = _deliveries.GetValueOrDefault(run)?.Target;
        switch (effect)
        {
            // Nothing is begun any more: whoever drives the run next begins anew, and revokes what is reported here.
            case DeliveryEffect.Issue or DeliveryEffect.Push when _stopping:
                break;
            case DeliveryEffect.Issue issue:
                var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
                _issues[(run, issue.Operation)] = waiting;
                IssueAsync(issue, waiting.Token, _stopped.Token).PipeTo(
                    Self, success: input => new DeliveryInputReceived(run, input),
                    failure: e => new DeliveryInputReceived(run, new DeliveryInput.IssueFailed(issue.Operation, VaultFailure.Transient, null, new DeliveryProblem(ProblemCode.Unforeseen, Unforeseen(e)))));
                break;
            case DeliveryEffect.CancelIssue given:
                _issues.GetValueOrDefault((run, given.Operation))?.Cancel();
                break;
            case DeliveryEffect.Push push:
                var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
                _pushes[run] = cancellation;
                _services.Observer.PushStarted(push.Target);
                PushAsync(push, cancellation.Token).PipeTo(
                    Self, success: input => new DeliveryInputReceived(run, input),
                    failure: e => new DeliveryInputReceived(run, new DeliveryInput.PushEnded(push.Operation, new PushOutcome.NoAnswer(Unforeseen(e), ProblemCode.Unforeseen))));
                break;
            case DeliveryEffect.CancelPush:
                _pushes.GetValueOrDefault(run)?.Cancel();
                break;
            case DeliveryEffect.ScheduleRetry wait:
                Timers.StartSingleTimer((run, "wait"), new DeliveryInputReceived(run, new DeliveryInput.RetryDue(wait.Operation)), wait.Delay);
                break;
            case DeliveryEffect.ScheduleOverdueCheck wait:
                Timers.StartSingleTimer((run, "look"), new DeliveryInputReceived(run, new DeliveryInput.OverdueCheckDue(wait.Operation)), wait.Delay);
                break;
            case DeliveryEffect.Revoke revoke:
                RevokeAsync(revoke.Accessor, _stopped.Token).PipeTo(
                    Self, success: input => new DeliveryInputReceived(run, input), failure: _ => new DeliveryInputReceived(run, new DeliveryInput.RevokeFailed(revoke.Accessor)));
                break;
            case DeliveryEffect.ScheduleRevokeRetry wait:
                Timers.StartSingleTimer((run, wait.Accessor), new DeliveryInputReceived(run, new DeliveryInput.RevokeRetryDue(wait.Accessor)), wait.Delay);
                break;
            case DeliveryEffect.Report report:
                _watcher.Tell(report.Message);
                break;
            case DeliveryEffect.Warn warn:
                Warn(target!, warn);
                break;
            case DeliveryEffect.WarnTokenUsed used:
                _services.Log.WrappingTokenUsed(used.Target.Namespace, used.Target.Name, used.Target.Role);
                _services.Events.Tell(used.Target, PodEventReason.VaultWrappingTokenUsed, "The wrapping token was used by somebody else before the pod could unwrap it. This may be theft.");
                _services.Observer.WrappingTokenFoundUsed(used.Target);
                break;
            case DeliveryEffect.WarnTokenAlive alive:
                _services.Log.WrappingTokenAlive(alive.Target.Namespace, alive.Target.Name, alive.Target.Role);
                break;
            case DeliveryEffect.WarnTokenDead dead:
                _services.Log.WrappingTokenDead(dead.Target.Namespace, dead.Target.Name, dead.Target.Role);
                break;
            case DeliveryEffect.CountPushFailure failure:
                _services.Log.LogDebug("{Pod}: push not accepted: {Reason}", target?.Pod, failure.Reason);
                _services.Observer.PushFailed(target!, failure.Reason);
                break;
            case DeliveryEffect.CountDelivered delivered:
                // Seen by another node, maybe, whose clock may be ahead.
                _services.Log.Delivered(target!.Namespace, target.Name, target.Role, Math.Max(0, (long)delivered.SinceSeen.TotalMilliseconds), delivered.Attempt);
                _services.Events.Tell(target, PodEventReason.VaultSecretDelivered, "The init container has its secret");
                _services.Observer.Delivered(target, delivered.SinceStart, delivered.SinceSeen);
                break;
            case DeliveryEffect.Finish:
                // The shard passivates what is idle: to ask for it here could race with a new run's first message.
                Timers.Cancel((run, "look"));
                _deliveries.Remove(run);
                _services.Runs.Finished(run);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }

        if (_deliveries.GetValueOrDefault(run)?.State != RunState.Pushing && _pushes.Remove(run, out var over)) over.Dispose();
    }

    private void Warn(DeliveryTarget target, DeliveryEffect.Warn warn)
    {
        var advice = ProblemAdvice.For(warn.Problem.Code, target.Role);
        if (warn.Overdue) _services.Log.Overdue(target.Namespace, target.Name, target.Role, warn.Problem.Text.TrimEnd('.'), warn.Problem.Code, advice);
        else _services.Log.NotDelivered(target.Namespace, target.Name, target.Role, warn.Problem.Text);
        _services.Events.Tell(target, PodEventReason.VaultSecretFailed, $"{warn.Problem.Text.TrimEnd('.')}. {advice}");
    }

    private async Task<DeliveryInput> IssueAsync(DeliveryEffect.Issue issue, CancellationToken whileWaiting, CancellationToken cancellation)
    {
        try
        {
            var issued = await _services.Issuer.IssueAsync(issue.Target, whileWaiting, cancellation).ConfigureAwait(false);
            return new DeliveryInput.TokenIssued(issue.Operation, issued);
        }
        catch (VaultException e)
        {
            _services.Log.LogDebug("{Pod}: no secret_id: {Problem}", issue.Target.Pod, e.Message);
            return new DeliveryInput.IssueFailed(issue.Operation, e.Failure, e.RetryAfter, DeliveryProblem.Of(e));
        }
        catch (OperationCanceledException) when (whileWaiting.IsCancellationRequested)
        {
            return new DeliveryInput.IssueCancelled(issue.Operation);
        }
    }

    private async Task<DeliveryInput> PushAsync(DeliveryEffect.Push push, CancellationToken cancellation)
    {
        try
        {
            return new DeliveryInput.PushEnded(
                push.Operation, await _services.Pusher.PushAsync(push.Target, push.Issued, push.Stalled, cancellation).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            return new DeliveryInput.PushEnded(push.Operation, new PushOutcome.NoAnswer("cancelled"));
        }
    }

    private async Task<DeliveryInput> RevokeAsync(string accessor, CancellationToken cancellation)
    {
        try
        {
            return new DeliveryInput.Revoked(accessor, await _services.Issuer.RevokeAsync(accessor, cancellation).ConfigureAwait(false));
        }
        catch (VaultException e) when (e.Failure == VaultFailure.Permanent)
        {
            // Said once for the node where the right is missing; the token dies of its TTL.
            return new DeliveryInput.Revoked(accessor, null);
        }
        catch (VaultException e)
        {
            _services.Log.LogDebug("A wrapping token could not be revoked yet: {Problem}", e.Message);
            return new DeliveryInput.RevokeFailed(accessor);
        }
        catch (OperationCanceledException)
        {
            return new DeliveryInput.RevokeFailed(accessor);
        }
    }
}
