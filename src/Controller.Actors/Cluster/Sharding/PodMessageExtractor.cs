using System.Globalization;
using Akka.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>Maps pods to shards by a hash of their uid. Each shard has one more entity, which answers where the shard is.</summary>
/// <remarks>It must be the same on all nodes of a cluster.</remarks>
internal sealed class PodMessageExtractor() : HashCodeMessageExtractor(Count)
{
    /// <summary>
    /// The number of shards: a few for each controller. More would make a node leave more slowly: the coordinator stores its state twice
    /// for each of the node's shards, one after the other.
    /// </summary>
    public const int Count = 12;

    // No uid of a pod begins with this.
    private const char Mark = '~';

    public override string? EntityId(object message) => message switch
    {
        IPodCommand command => command.Run.Uid,
        FindShard find => Mark + find.Shard.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    public override string ShardId(string entityId, object? messageHint = null) => IsOfShard(entityId) ? entityId[1..] : base.ShardId(entityId, messageHint);

    /// <summary>Whether an entity is the one that answers where its shard is.</summary>
    public static bool IsOfShard(string entityId) => entityId.StartsWith(Mark);
}
