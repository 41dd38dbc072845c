using System.Collections.Immutable;
using Akka.Actor;

namespace AkkaVault.Controller.Members;

/// <summary>Asks all members once, answers with what they have said, and stops.</summary>
internal sealed class MemberQueryActor : UntypedActor, IWithTimers
{
    /// <summary>How long a member may take to answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly ImmutableList<Address> _nodes;
    private readonly IActorRef _asker;
    private ControllerStatuses _statuses;

    public MemberQueryActor(ImmutableList<Address> nodes, IActorRef asker) =>
        (_nodes, _asker, _statuses) = (nodes, asker, ControllerStatuses.Of(nodes.Select(node => node.ToString())));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ImmutableList<Address> nodes, IActorRef asker) => Akka.Actor.Props.Create(() => new MemberQueryActor(nodes, asker));

    private sealed record TimedOut;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(typeof(TimedOut), new TimedOut(), Timeout);
        foreach (var node in _nodes) Context.ActorSelection(new RootActorPath(node) / "user" / ControllerStatusActor.Name).Tell(new GetControllerStatus());
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ControllerStatus status:
                _statuses = _statuses.Handle(status);
                if (_statuses.Unanswered.IsEmpty) Answer();
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
        _asker.Tell(_statuses);
        Context.Stop(Self);
    }
}
