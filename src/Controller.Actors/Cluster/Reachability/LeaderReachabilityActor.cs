using Akka.Actor;
using AkkaVault.Controller.Common;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>
/// Tries the API server while this controller leads, and ends this process when it alone does not reach it, so that another
/// controller leads. <see cref="LeaderReachability"/> decides.
/// </summary>
internal sealed class LeaderReachabilityActor : ReceiveActor, IWithTimers
{
    private readonly ApiServerProbe _probe;
    private readonly TimeProvider _clock;
    private readonly ILogger<LeaderReachabilityActor> _log;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly CancellationTokenSource _stopped = new();
    private LeaderReachability _reachability = LeaderReachability.Initial;
    private bool _isTrying;

    public LeaderReachabilityActor(ApiServerProbe probe, TimeProvider clock, ILogger<LeaderReachabilityActor> log)
    {
        (_probe, _clock, _log) = (probe, clock, log);
        Receive<TryDue>(_ =>
        {
            if (_isTrying) return;
            _isTrying = true;
            TryAsync().PipeTo(Self);
        });
        Receive<Tried>(Handle);
        Receive<ApiServerReachability>(answer =>
            (_reachability, _) = _reachability.Handle(new LeaderReachabilityInput.Answered(answer.Round, answer.Node, answer.Reached), Now));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record TryDue;
    private sealed record Tried(TimeSpan Begun, string? Problem);

    public sealed class GaveUp : CoordinatedShutdown.Reason
    {
        public static readonly GaveUp Instance = new();
        public override int ExitCode => ExitCodes.Failed;
    }

    // A clock that only goes forward, whatever happens to the time of day.
    private TimeSpan Now => _clock.GetElapsedTime(0);

    protected override void PreStart() => Timers.StartPeriodicTimer(typeof(TryDue), new TryDue(), LeaderReachability.Interval);

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private async Task<Tried> TryAsync()
    {
        var begun = Now;
        return new Tried(begun, await _probe.TryAsync(_stopped.Token).ConfigureAwait(false));
    }

    private void Handle(Tried tried)
    {
        _isTrying = false;
        var (before, now) = (_reachability, Now);
        (_reachability, var effects) = before.Handle(new LeaderReachabilityInput.Tried(tried.Begun, tried.Problem is null), now);
        var seconds = (long)(now - (_reachability.FailingSince ?? now)).TotalSeconds;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case LeaderReachabilityEffect.Ask:
                    if (!before.Asked) _log.AsksWhoReaches(seconds, tried.Problem);
                    else if (before.ReachedBy.IsEmpty) _log.LogDebug("No other controller has answered that it reaches the API server; asking again");
                    Ask();
                    break;
                case LeaderReachabilityEffect.Leave:
                    Timers.CancelAll();
                    _log.LeavesToReach(seconds, tried.Problem, string.Join(", ", _reachability.ReachedBy));
                    CoordinatedShutdown.Get(Context.System).Run(GaveUp.Instance);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(tried), effect, "not an effect");
            }
        }
    }

    private void Ask()
    {
        foreach (var member in _cluster.OthersUp())
            Context.ActorSelection(new RootActorPath(member.Address) / "user" / ApiServerReachabilityActor.Name).Tell(new GetApiServerReachability(_reachability.Round));
    }
}
