using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Controller.Common;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>
/// Tries the API server for as long as this controller leads, and ends this process when it alone does not reach it, so that
/// another one leads. A thin shell: <see cref="LeaderReachability"/> decides.
/// </summary>
public sealed class LeaderReachabilityActor : UntypedActor, IWithTimers
{
    private readonly ApiServerProbe _probe;
    private readonly TimeProvider _clock;
    private readonly ILogger<LeaderReachabilityActor> _log;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly CancellationTokenSource _stopped = new();
    private LeaderReachability _reach = LeaderReachability.Initial;
    private bool _trying;

    /// <summary>For <see cref="Props"/>.</summary>
    public LeaderReachabilityActor(ApiServerProbe probe, TimeProvider clock, ILogger<LeaderReachabilityActor> log) => (_probe, _clock, _log) = (probe, clock, log);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    /// <param name="probe">How it tries.</param>
    /// <param name="clock">This node's clock.</param>
    /// <param name="log">Where a person is told.</param>
    public static Props Props(ApiServerProbe probe, TimeProvider clock, ILogger<LeaderReachabilityActor> log) => Akka.Actor.Props.Create(() => new LeaderReachabilityActor(probe, clock, log));

    private sealed record TryDue;

    private sealed record Tried(TimeSpan Begun, string? Problem);

    /// <summary>Why the system ends when this controller led and could not.</summary>
    public sealed class GaveUp : CoordinatedShutdown.Reason
    {
        /// <summary>The reason.</summary>
        public static readonly GaveUp Instance = new();

        /// <inheritdoc/>
        public override int ExitCode => ExitCodes.Failed;
    }

    // It only goes forward, whatever happens to the time of day.
    private TimeSpan Now => _clock.GetElapsedTime(0);

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(typeof(TryDue), new TryDue(), LeaderReachability.Interval);

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
            case TryDue when _trying:
                break;
            case TryDue:
                _trying = true;
                TryAsync().PipeTo(Self);
                break;
            case Tried tried:
                _trying = false;
                Conclude(tried);
                break;
            case ApiServerReachability answer:
                _reach = _reach.Answered(answer.Round, answer.Node, answer.Reached, Now);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private async Task<Tried> TryAsync()
    {
        var begun = Now;
        return new Tried(begun, await _probe.TryAsync(_stopped.Token).ConfigureAwait(false));
    }

    private void Conclude(Tried tried)
    {
        var (before, now) = (_reach, Now);
        (_reach, var verdict) = before.Tried(tried.Begun, tried.Problem is null, now);
        switch (verdict)
        {
            case LeaderReachabilityDecision.Stay:
                break;
            case LeaderReachabilityDecision.Ask:
                if (!before.Asked) _log.AsksWhoReaches(SecondsOf(now), tried.Problem);
                else if (before.ReachedBy.IsEmpty) _log.LogDebug("No other controller has said that it reaches the API server; asking again");
                Ask();
                break;
            case LeaderReachabilityDecision.Leave:
                Timers.CancelAll();
                _log.LeavesToReach(SecondsOf(now), tried.Problem, string.Join(", ", _reach.ReachedBy));
                CoordinatedShutdown.Get(Context.System).Run(GaveUp.Instance);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(tried), verdict, "not a verdict");
        }
    }

    private long SecondsOf(TimeSpan now) => (long)(now - (_reach.FailingSince ?? now)).TotalSeconds;

    private void Ask()
    {
        foreach (var member in _cluster.State.Members.Where(member => member.Status == MemberStatus.Up && !member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)))
            Context.ActorSelection(new RootActorPath(member.Address) / "user" / ApiServerReachabilityActor.Name).Tell(new GetApiServerReachability(_reach.Round));
    }
}
