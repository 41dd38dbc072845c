using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Runs;

/// <summary>Asks for what the whole cluster knows; answered with <see cref="ClusterRuns"/>. Stays on its node.</summary>
/// <param name="Question">What is asked.</param>
public sealed record QueryRuns(GetRuns Question);

/// <summary>Answers for this node's <see cref="RunTracker"/>, and asks those of all nodes for whoever asks this one.</summary>
public sealed class RunTrackerActor : UntypedActor
{
    /// <summary>Its name: the same on every node.</summary>
    public const string Name = "runs";

    private readonly RunTracker _board;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    /// <summary>For <see cref="Props"/>.</summary>
    public RunTrackerActor(RunTracker board) => _board = board;

    /// <summary>How to make one.</summary>
    public static Props Props(RunTracker board) => Akka.Actor.Props.Create(() => new RunTrackerActor(board));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GetRuns question:
                foreach (var part in question.Answer(_cluster.SelfAddress.ToString(), _board.View, _board.Ledger)) Sender.Tell(part);
                break;
            case QueryRuns gather:
                var nodes = _cluster.State.Members.Where(member => member.Status != MemberStatus.Down).Select(member => member.Address);
                Context.ActorOf(RunQueryActor.Props(gather.Question, [.. nodes], Sender));
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
