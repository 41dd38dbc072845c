using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using AkkaVault.Controller.Deliveries;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>The shard region of the pod actors.</summary>
internal static class ShardingExtensions
{
    private const string RegionName = "pods";

    // Shards that move together stay unavailable until the last of them is stored at its new home.
    private const int MaxMovingShards = 2;

    /// <summary>Starts the region; it is registered as <see cref="PodActor"/>.</summary>
    public static AkkaConfigurationBuilder WithPodRegion(this AkkaConfigurationBuilder akka, IServiceProvider provider) => akka.StartActors(async (system, registry, _) =>
        registry.Register<PodActor>(await ClusterSharding.Get(system).StartAsync(
            RegionName,
            entity => PodMessageExtractor.IsOfShard(entity) ? Props.Create(() => new ShardLocationActor()) : PodActor.Props(provider.GetRequiredService<PodActorServices>()),
            ClusterShardingSettings.Create(system), new PodMessageExtractor(), LeaderAvoidingAllocation.Least(system, MaxMovingShards), PodActor.Stop.Instance).ConfigureAwait(false)));

    /// <summary>Keeps this node's region informed of where each shard is.</summary>
    public static AkkaConfigurationBuilder WithShardLocationCache(this AkkaConfigurationBuilder akka) => akka.WithActors((system, registry, resolver) =>
        registry.Register<ShardLocationCacheActor>(system.ActorOf(resolver.Props<ShardLocationCacheActor>(registry.Get<PodActor>()), ShardLocationCacheActor.Name)));
}
