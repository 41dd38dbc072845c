using Akka.Cluster;

namespace AkkaVault.Controller.Common;

/// <summary>The other nodes of the cluster, as this node sees them.</summary>
internal static class OtherMembers
{
    /// <summary>The members that are up, without this node. They may be unreachable.</summary>
    public static IEnumerable<UniqueAddress> OthersUp(this Akka.Cluster.Cluster cluster) => cluster.State.Members
        .Where(member => member.Status == MemberStatus.Up && !member.UniqueAddress.Equals(cluster.SelfUniqueAddress)).Select(member => member.UniqueAddress);
}
