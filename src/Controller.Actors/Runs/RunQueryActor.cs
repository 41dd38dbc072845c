using System.Collections.Immutable;
using Akka.Actor;

namespace AkkaVault.Controller.Runs;

/// <summary>Asks the boards of all nodes one question, and answers with what they know. Lives for this one question.</summary>
public sealed class RunQueryActor : UntypedActor, IWithTimers
{
    /// <summary>How long a node may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly ImmutableList<Address> _nodes;
    private readonly IActorRef _asker;
    private RunQuery _gathering;

    /// <summary>For <see cref="Props"/>.</summary>
    public RunQueryActor(GetRuns question, ImmutableList<Address> nodes, IActorRef asker) =>
        (_nodes, _asker, _gathering) = (nodes, asker, RunQuery.Of(question, nodes.Select(node => node.ToString())));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(GetRuns question, ImmutableList<Address> nodes, IActorRef asker) =>
        Akka.Actor.Props.Create(() => new RunQueryActor(question, nodes, asker));

    private sealed record TimedOut;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(typeof(TimedOut), new TimedOut(), Timeout);
        foreach (var node in _nodes) Context.ActorSelection(new RootActorPath(node) / "user" / RunTrackerActor.Name).Tell(_gathering.Question);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunsPage part:
                _gathering = _gathering.Take(part);
                if (_gathering.IsComplete) Answer();
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
        _asker.Tell(_gathering.Result);
        Context.Stop(Self);
    }
}
