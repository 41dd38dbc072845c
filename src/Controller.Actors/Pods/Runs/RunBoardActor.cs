using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Pods.Runs;

/// <summary>Asks for what the whole cluster knows; answered with <see cref="GatheredRuns"/>. Stays on its node.</summary>
/// <param name="Question">What is asked.</param>
public sealed record GatherRuns(AskRuns Question);

/// <summary>Answers for this node's <see cref="RunBoard"/>, and asks those of all nodes for whoever asks this one.</summary>
public sealed class RunBoardActor : UntypedActor
{
    /// <summary>Its name: the same on every node.</summary>
    public const string Name = "runs";

    private readonly RunBoard _board;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    /// <summary>For <see cref="Props"/>.</summary>
    public RunBoardActor(RunBoard board) => _board = board;

    /// <summary>How to make one.</summary>
    public static Props Props(RunBoard board) => Akka.Actor.Props.Create(() => new RunBoardActor(board));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AskRuns question:
                foreach (var part in question.Answer(_cluster.SelfAddress.ToString(), _board.View, _board.Ledger)) Sender.Tell(part);
                break;
            case GatherRuns gather:
                var nodes = _cluster.State.Members.Where(member => member.Status != MemberStatus.Down).Select(member => member.Address);
                Context.ActorOf(RunGatherer.Props(gather.Question, [.. nodes], Sender));
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
