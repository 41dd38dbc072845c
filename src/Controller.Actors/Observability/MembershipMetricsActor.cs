using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Observability;

/// <summary>Counts the cluster's members as they come and go.</summary>
public sealed class MembershipMetricsActor : ReceiveActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    /// <summary>Counts into the metrics given.</summary>
    public MembershipMetricsActor(ControllerMetrics metrics)
    {
        var members = new HashSet<UniqueAddress>();
        Receive<ClusterEvent.MemberUp>(e =>
        {
            members.Add(e.Member.UniqueAddress);
            metrics.MemberJoined(e.Member.Address.ToString(), members.Count);
        });
        Receive<ClusterEvent.UnreachableMember>(e => metrics.MemberUnreachable(e.Member.Address.ToString()));
        Receive<ClusterEvent.MemberRemoved>(e =>
        {
            members.Remove(e.Member.UniqueAddress);
            metrics.MemberRemoved(e.Member.Address.ToString(), e.PreviousStatus == MemberStatus.Down, members.Count);
        });
    }

    /// <inheritdoc/>
    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.MemberRemoved));

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);
}
