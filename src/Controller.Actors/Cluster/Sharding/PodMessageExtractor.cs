using System.Globalization;
using Akka.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>In which shard what is: pods by a hash of their uid, and in each shard one entity that says where the shard is.</summary>
/// <remarks>All nodes of a cluster must agree on it.</remarks>
internal sealed class PodMessageExtractor() : HashCodeMessageExtractor(Count)
{
    /// <summary>
    /// How many shards there are: a few for each of some controllers. When a node leaves, its coordinator stores twice for each of its
    /// shards, one after the other.
    /// </summary>
    public const int Count = 12;

    // No uid of a pod begins with it.
    private const char Mark = '~';

    /// <inheritdoc/>
    public override string? EntityId(object message) => message switch
    {
        IPodCommand command => command.Run.Uid,
        FindShard find => Mark + find.Shard.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ShardId(string entityId, object? messageHint = null) => IsOfShard(entityId) ? entityId[1..] : base.ShardId(entityId, messageHint);

    /// <summary>Whether an entity is the one that says where its shard is.</summary>
    public static bool IsOfShard(string entityId) => entityId.StartsWith(Mark);
}
