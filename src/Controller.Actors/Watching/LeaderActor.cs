using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Watching;

/// <summary>
/// The cluster's singleton: while it runs, this controller is the leader. The watcher is its child and may restart many times; that
/// this controller leads is logged once.
/// </summary>
internal sealed class LeaderActor : UntypedActor
{
    private readonly Leadership _leadership;
    private readonly TimeProvider _clock;
    private readonly ILogger<LeaderActor> _log;
    private readonly DateTimeOffset _since;
    private readonly IActorRef _watcher;

    public LeaderActor(Props watcher, Leadership leadership, TimeProvider clock, ILogger<LeaderActor> log, Props? reachability)
    {
        (_leadership, _clock, _log, _since) = (leadership, clock, log, clock.GetUtcNow());
        _leadership.Begin();
        _log.Leads(_since);
        _watcher = Context.ActorOf(watcher, "watcher");
        if (reachability is not null) Context.ActorOf(reachability, "reachability");
    }

    /// <param name="watcher">The watcher.</param>
    /// <param name="leadership">Is held while the leader runs.</param>
    /// <param name="clock">This node's clock.</param>
    /// <param name="log">The log.</param>
    /// <param name="reachability">Checks that the leader reaches the API server; null: no other controller could lead.</param>
    public static Props Props(Props watcher, Leadership leadership, TimeProvider clock, ILogger<LeaderActor> log, Props? reachability = null) =>
        Akka.Actor.Props.Create(() => new LeaderActor(watcher, leadership, clock, log, reachability));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        // A supervisor between the two forwards to its parent what the watcher sends to it.
        if (_watcher.Equals(Sender)) Unhandled(message);
        else _watcher.Forward(message);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _log.LeadsNoMore((long)(_clock.GetUtcNow() - _since).TotalSeconds);
        _leadership.End();
    }
}
