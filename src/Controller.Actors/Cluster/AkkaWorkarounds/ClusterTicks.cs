using System.Reflection;
using Akka.Cluster.Sharding;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

/// <summary>What Akka's own timers send to its cluster daemon and to a shard region. These messages are internal to Akka: ClusterTicksOfTwoTests tells when they are others.</summary>
internal static class ClusterTicks
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>To the daemon: gossip with a member, and do what a leader has to do.</summary>
    public static readonly IReadOnlyList<object> ToDaemon = [OfCluster("GossipTick"), OfCluster("LeaderActionsTick")];

    /// <summary>To the region: register with the coordinator, and ask again where shards are.</summary>
    public static readonly object ToRegion = typeof(ClusterSharding).Assembly.GetType("Akka.Cluster.Sharding.ShardRegion+Retry", throwOnError: true)!.GetField("Instance", Static)!.GetValue(null)!;

    private static object OfCluster(string name) =>
        typeof(Akka.Cluster.Cluster).Assembly.GetType($"Akka.Cluster.InternalClusterAction+{name}", throwOnError: true)!.GetProperty("Instance", Static)!.GetValue(null)!;
}
