using Akka.Actor;
using Akka.Coordination;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Leases;

/// <summary>What a lease is kept with.</summary>
/// <param name="Lease">The Lease.</param>
/// <param name="Me">Who keeps it.</param>
/// <param name="Timeouts">How often it is renewed, and how long an operation may take.</param>
/// <param name="Hold">Where it is noted until when it is held.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">Where a person is told.</param>
internal sealed record LeaseServices(
    LeaseObject Lease, LeaseClaimant Me, TimeoutSettings Timeouts, LeaseExpiry Hold, TimeProvider Clock, ILogger<LeaseActor> Log);

/// <summary>Takes, renews and releases a lease, one after the other. A thin shell: <see cref="LeaseRules"/> decides.</summary>
internal sealed class LeaseActor : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly LeaseServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private Action<Exception?>? _lost;

    public LeaseActor(LeaseServices services) => _services = services;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    /// <summary>Wanted; answered with whether it is held now.</summary>
    /// <param name="Lost">Is told when it is lost.</param>
    public sealed record AcquireAsked(Action<Exception?>? Lost);

    /// <summary>No longer wanted; answered with true.</summary>
    public sealed record ReleaseAsked;

    private sealed record RenewalDue;

    private sealed record Ended(DateTimeOffset Begun, LeaseStep? Step, Exception? Failure);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AcquireAsked acquire:
                Begin(LeaseRules.Acquire, ended => Acquired(acquire, ended, Sender));
                break;
            case ReleaseAsked:
                Timers.Cancel(typeof(RenewalDue));
                Begin(LeaseRules.Release, ended => Released(ended, Sender));
                break;
            case RenewalDue:
                Begin(LeaseRules.Renew, Renewed);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Begin(Func<LeaseRecord?, LeaseClaimant, DateTimeOffset, LeaseStep> rule, Action<Ended> conclude)
    {
        var asker = Sender;
        ApplyAsync(rule).PipeTo(Self, asker);
        Become(message =>
        {
            if (message is not Ended ended)
            {
                Stash.Stash();
                return true;
            }

            Become(OnReceive);
            conclude(ended);
            Stash.UnstashAll();
            return true;
        });
    }

    private async Task<Ended> ApplyAsync(Func<LeaseRecord?, LeaseClaimant, DateTimeOffset, LeaseStep> rule)
    {
        using var timeout = new CancellationTokenSource(_services.Timeouts.OperationTimeout, _services.Clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token, timeout.Token);
        // What is written says at most this; held is less than others think.
        var begun = _services.Clock.GetUtcNow();
        try
        {
            return new Ended(begun, await _services.Lease.ApplyAsync((found, now) => rule(found, _services.Me, now), deadline.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException e)
        {
            return new Ended(begun, null, new LeaseTimeoutException("no answer from the API server in time", e));
        }
        catch (Exception e)
        {
            return new Ended(begun, null, e);
        }
    }

    private void Acquired(AcquireAsked asked, Ended ended, IActorRef asker)
    {
        switch (ended)
        {
            case { Failure: { } failure }:
                _services.Log.LeaseNotTaken(Causes.Of(failure));
                asker.Tell(new Status.Failure(failure));
                break;
            case { Step: LeaseStep.Refused refused }:
                _services.Log.LeaseHeld(refused.Holder);
                asker.Tell(false);
                break;
            default:
                _lost = asked.Lost;
                Hold(ended);
                _services.Log.LeaseTaken();
                asker.Tell(true);
                break;
        }
    }

    private void Released(Ended ended, IActorRef asker)
    {
        (_lost, _services.Hold.Until) = (null, default);
        // Unreachable: it ends by itself.
        if (ended.Failure is { } failure) asker.Tell(new Status.Failure(failure));
        else asker.Tell(true);
    }

    private void Renewed(Ended ended)
    {
        if (ended.Failure is { } failure && _services.Clock.GetUtcNow() + RetryInterval < _services.Hold.Until)
        {
            _services.Log.LeaseNotRenewed(Causes.Of(failure));
            Timers.StartSingleTimer(typeof(RenewalDue), new RenewalDue(), RetryInterval);
        }
        else if (ended.Failure is not null || ended.Step is LeaseStep.Lost)
        {
            _services.Log.LeaseLost(ended.Failure is { } cause ? Causes.Of(cause) : "it is not this controller's any more");
            _services.Hold.Until = default;
            _lost?.Invoke(ended.Failure);
            _lost = null;
        }
        else
        {
            Hold(ended);
        }
    }

    private void Hold(Ended ended)
    {
        _services.Hold.Until = ended.Begun + _services.Me.Duration;
        Timers.StartSingleTimer(typeof(RenewalDue), new RenewalDue(), _services.Timeouts.HeartbeatInterval);
    }
}
