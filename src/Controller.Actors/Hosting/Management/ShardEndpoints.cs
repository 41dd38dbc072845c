using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaVault.Contracts;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>/cluster/shard-types</c> and <c>/cluster/shards/{type}</c>, as cluster-http's: this node's shards only.</summary>
internal sealed class ShardEndpoints(ActorSystem system)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(5);

    private readonly ClusterSharding _sharding = ClusterSharding.Get(system);

    public IResult Types() => Results.Json(
        new ShardTypesDocument([.. _sharding.ShardTypeNames.Order(StringComparer.Ordinal)]), ManagementJson.Answers.ShardTypesDocument);

    /// <summary>This node's shards, with the number of pod actors in each.</summary>
    public async Task<IResult> OfTypeAsync(string type, CancellationToken cancellation)
    {
        if (!_sharding.ShardTypeNames.Contains(type)) return MessageAnswers.Message(StatusCodes.Status404NotFound, $"Shard Region {type} is not started");
        try
        {
            var stats = await _sharding.ShardRegion(type).Ask<ShardRegionStats>(GetShardRegionStats.Instance, QueryTimeout, cancellation).ConfigureAwait(false);
            return Results.Json(
                new ShardsDocument([.. stats.Stats.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new ShardDocument(pair.Key, pair.Value))]),
                ManagementJson.Answers.ShardsDocument);
        }
        catch (AskTimeoutException)
        {
            return MessageAnswers.Message(StatusCodes.Status404NotFound, $"Shard Region {type} not responding, may have been terminated");
        }
    }
}
