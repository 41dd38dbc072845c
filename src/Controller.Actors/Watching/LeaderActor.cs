using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Watching;

/// <summary>
/// The cluster's singleton: while it runs, this controller leads. The watcher is its child, and may start anew many times
/// meanwhile; that this controller leads is said once.
/// </summary>
public sealed class LeaderActor : UntypedActor
{
    private readonly Leadership _leadership;
    private readonly TimeProvider _clock;
    private readonly ILogger<LeaderActor> _log;
    private readonly DateTimeOffset _since;
    private readonly IActorRef _watcher;

    /// <summary>For <see cref="Props"/>.</summary>
    public LeaderActor(Props watcher, Leadership leadership, TimeProvider clock, ILogger<LeaderActor> log, Props? reach)
    {
        (_leadership, _clock, _log, _since) = (leadership, clock, log, clock.GetUtcNow());
        _leadership.Begin();
        _log.Leads(_since);
        _watcher = Context.ActorOf(watcher, "watcher");
        if (reach is not null) Context.ActorOf(reach, "reach");
    }

    /// <summary>How to make one.</summary>
    /// <param name="watcher">Its child.</param>
    /// <param name="leadership">Is told when it begins and ends.</param>
    /// <param name="clock">This node's clock.</param>
    /// <param name="log">Where a person is told.</param>
    /// <param name="reach">Another child, which sees to it that who leads reaches the API server; null: nobody else could lead.</param>
    public static Props Props(Props watcher, Leadership leadership, TimeProvider clock, ILogger<LeaderActor> log, Props? reach = null) =>
        Akka.Actor.Props.Create(() => new LeaderActor(watcher, leadership, clock, log, reach));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        // A supervisor in between passes on to its parent what its child says to it.
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
