using Akka.Actor;
using AkkaVault.Controller.Members;

namespace AkkaVault.Controller.Runs;

/// <summary>Asks for the runs of the whole cluster; answered with <see cref="ClusterRuns"/>. Is never sent to another node.</summary>
/// <param name="Question">What is asked.</param>
internal sealed record QueryRuns(GetRuns Question);

/// <summary>Answers other nodes with the runs of this node, and queries all nodes for the management endpoint of this one.</summary>
internal sealed class RunTrackerActor : UntypedActor
{
    /// <summary>Its name: the same on every node.</summary>
    public const string Name = "runs";

    private readonly RunTracker _tracker;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    /// <summary>See <see cref="Props"/>.</summary>
    public RunTrackerActor(RunTracker tracker) => _tracker = tracker;

    /// <summary>An actor that answers from a tracker.</summary>
    public static Props Props(RunTracker tracker) => Akka.Actor.Props.Create(() => new RunTrackerActor(tracker));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GetRuns question:
                foreach (var part in question.Answer(_cluster.SelfAddress.ToString(), _tracker.View, _tracker.Ledger)) Sender.Tell(part);
                break;
            case QueryRuns query:
                var nodes = _cluster.AddressesToAsk();
                Context.ActorOf(MemberQuery.Props<RunQuery, RunsPage>(Name, query.Question, nodes, Sender, RunQuery.Of(query.Question, nodes.Select(node => node.ToString()))));
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
