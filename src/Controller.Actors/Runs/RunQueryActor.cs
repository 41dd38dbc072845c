using System.Collections.Immutable;
using Akka.Actor;

namespace AkkaVault.Controller.Runs;

/// <summary>Asks all nodes one question, answers with what they know, and stops.</summary>
internal sealed class RunQueryActor : UntypedActor, IWithTimers
{
    /// <summary>How long a node may take to answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly ImmutableList<Address> _nodes;
    private readonly IActorRef _asker;
    private RunQuery _query;

    public RunQueryActor(GetRuns question, ImmutableList<Address> nodes, IActorRef asker) =>
        (_nodes, _asker, _query) = (nodes, asker, RunQuery.Of(question, nodes.Select(node => node.ToString())));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(GetRuns question, ImmutableList<Address> nodes, IActorRef asker) =>
        Akka.Actor.Props.Create(() => new RunQueryActor(question, nodes, asker));

    private sealed record TimedOut;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(typeof(TimedOut), new TimedOut(), Timeout);
        foreach (var node in _nodes) Context.ActorSelection(new RootActorPath(node) / "user" / RunTrackerActor.Name).Tell(_query.Question);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunsPage part:
                _query = _query.Handle(part);
                if (_query.IsComplete) Answer();
                break;
            case TimedOut:
                Answer();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Answer()
    {
        _asker.Tell(_query.Result);
        Context.Stop(Self);
    }
}
