using Akka.Actor;

namespace AkkaVault.Controller.Members;

/// <summary>Asks all members what they are doing; answered with <see cref="ControllerStatuses"/>. Is never sent to another node.</summary>
internal sealed record QueryMembers
{
    /// <summary>The only one.</summary>
    public static readonly QueryMembers Instance = new();
}

/// <summary>Answers other members with what this one is doing, and asks all members for the management port of this one.</summary>
internal sealed class ControllerStatusActor : UntypedActor
{
    /// <summary>Its name: the same on every node.</summary>
    public const string Name = "controller-status";

    private readonly IControllerStatusSource _source;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    /// <summary>An actor that answers from a source.</summary>
    public ControllerStatusActor(IControllerStatusSource source) => _source = source;

    private sealed record Read(IActorRef Asker, ControllerStatus Status);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GetControllerStatus:
                var asker = Sender;
                _source.ReadAsync(_cluster.SelfAddress.ToString(), _stopped.Token).PipeTo(Self, success: status => new Read(asker, status));
                break;
            case Read read:
                read.Asker.Tell(read.Status);
                break;
            case QueryMembers:
                var nodes = _cluster.AddressesToAsk();
                Context.ActorOf(MemberQuery.Props<ControllerStatuses, ControllerStatus>(
                    Name, new GetControllerStatus(), nodes, Sender, ControllerStatuses.Of(nodes.Select(node => node.ToString()))));
                break;
            case Status.Failure failure:
                throw new InvalidOperationException("the status of this member could not be read", failure.Cause);
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }
}
