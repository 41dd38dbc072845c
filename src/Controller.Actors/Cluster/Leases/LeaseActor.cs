using Akka.Actor;
using Akka.Coordination;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Leases;

/// <summary>What <see cref="LeaseActor"/> works with.</summary>
internal sealed record LeaseServices(
    LeaseObject Lease, LeaseClaimant Me, TimeoutSettings Timeouts, LeaseExpiry Expiry, TimeProvider Clock, ILogger<LeaseActor> Log);

/// <summary>Acquires, renews and releases a lease, one operation after the other. <see cref="LeaseRules"/> decides.</summary>
internal sealed class LeaseActor : UntypedActor, IWithTimers, IWithUnboundedStash
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly LeaseServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private Action<Exception?>? _lost;

    public LeaseActor(LeaseServices services) => _services = services;

    public ITimerScheduler Timers { get; set; } = null!;
    public IStash Stash { get; set; } = null!;

    /// <summary>Answered with whether the lease is held now.</summary>
    /// <param name="Lost">Called when it is lost.</param>
    public sealed record Acquire(Action<Exception?>? Lost);

    /// <summary>Answered with true.</summary>
    public sealed record Release;
    private sealed record RenewalDue;
    private sealed record Ended(DateTimeOffset Begun, LeaseStep? Step, Exception? Failure);

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Acquire acquire:
                Begin(LeaseRules.Acquire, ended => HandleAcquired(acquire, ended, Sender));
                break;
            case Release:
                Timers.Cancel(typeof(RenewalDue));
                Begin(LeaseRules.Release, ended => HandleReleased(ended, Sender));
                break;
            case RenewalDue:
                Begin(LeaseRules.Renew, HandleRenewed);
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
        // Counted from before the write, the lease ends here no later than the others read in it.
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

    private void HandleAcquired(Acquire request, Ended ended, IActorRef asker)
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
                _lost = request.Lost;
                ThenRenew(ended);
                _services.Log.LeaseTaken();
                asker.Tell(true);
                break;
        }
    }

    private void HandleReleased(Ended ended, IActorRef asker)
    {
        (_lost, _services.Expiry.Until) = (null, default);
        // A lease that could not be released expires.
        if (ended.Failure is { } failure) asker.Tell(new Status.Failure(failure));
        else asker.Tell(true);
    }

    private void HandleRenewed(Ended ended)
    {
        if (ended.Failure is { } failure && _services.Clock.GetUtcNow() + RetryInterval < _services.Expiry.Until)
        {
            _services.Log.LeaseNotRenewed(Causes.Of(failure));
            Timers.StartSingleTimer(typeof(RenewalDue), new RenewalDue(), RetryInterval);
        }
        else if (ended.Failure is not null || ended.Step is LeaseStep.Lost)
        {
            _services.Log.LeaseLost(ended.Failure is { } cause ? Causes.Of(cause) : "it is not this controller's any more");
            _services.Expiry.Until = default;
            _lost?.Invoke(ended.Failure);
            _lost = null;
        }
        else ThenRenew(ended);
    }

    private void ThenRenew(Ended ended)
    {
        _services.Expiry.Until = ended.Begun + _services.Me.Duration;
        Timers.StartSingleTimer(typeof(RenewalDue), new RenewalDue(), _services.Timeouts.HeartbeatInterval);
    }
}
