using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>Counts the cluster's members as they come and go.</summary>
internal sealed class MembershipMetricsActor : ReceiveActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    public MembershipMetricsActor(ControllerMetrics metrics)
    {
        var members = new HashSet<UniqueAddress>();
        var unreachable = new HashSet<UniqueAddress>();
        Receive<ClusterEvent.MemberUp>(e =>
        {
            members.Add(e.Member.UniqueAddress);
            metrics.MemberJoined(e.Member.Address.ToString(), members.Count);
        });
        Receive<ClusterEvent.UnreachableMember>(e =>
        {
            metrics.MemberUnreachable(e.Member.Address.ToString());
            Reachable(e.Member, false);
        });
        Receive<ClusterEvent.ReachableMember>(e => Reachable(e.Member, true));
        Receive<ClusterEvent.MemberRemoved>(e =>
        {
            members.Remove(e.Member.UniqueAddress);
            metrics.MemberRemoved(e.Member.Address.ToString(), e.PreviousStatus == MemberStatus.Down, members.Count);
            Reachable(e.Member, true);
        });

        void Reachable(Member member, bool reachable)
        {
            if (reachable ? unreachable.Remove(member.UniqueAddress) : unreachable.Add(member.UniqueAddress)) metrics.Unreachable(unreachable.Count);
        }
    }

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.ReachableMember), typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);
}
