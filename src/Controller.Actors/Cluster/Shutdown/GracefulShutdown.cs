using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Cluster.Shutdown;

/// <summary>
/// The order in which a controller shuts down. Akka stops a node's shard region before the node leaves the cluster. The leader sends
/// to the pod actors through its region, so nothing would be sent until another controller leads. The leader therefore leaves first,
/// and stops its region when another controller has taken over.
/// </summary>
internal static class GracefulShutdown
{
    // Some rounds of gossip. Where they do not suffice, the others do not answer, and the pods wait already.
    private static readonly TimeSpan s_handOverTimeout = TimeSpan.FromSeconds(2);

    // Longer than a pod actor takes to stop, and its shard to be stored at its new location.
    private static readonly TimeSpan s_moveTimeout = PodActor.StopTimeout + TimeSpan.FromMilliseconds(600);

    /// <summary>Adds that order to Akka's coordinated shutdown.</summary>
    public static AkkaConfigurationBuilder WithGracefulShutdown(this AkkaConfigurationBuilder akka, IServiceProvider provider) => akka.WithActors((system, registry, _) =>
    {
        var (clock, leadership) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Leadership>());
        var (region, cache) = (registry.Get<PodActor>(), registry.Get<ShardLocationCacheActor>());
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, ShardLocationCacheActor.Name, async () =>
        {
            if (leadership.IsHeld) await HandOverAsync(Akka.Cluster.Cluster.Get(system), cache, leadership, clock).ConfigureAwait(false);
            cache.Tell(new ShardLocationCacheActor.Stopping());
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, ShardLocationCacheActor.Name, () => AskAsync(cache, new ShardLocationCacheActor.WaitUntilMoved()));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, nameof(LastShardRegion), () => LastShardRegion.EndAsync(system, region, clock));
    });

    private static async Task HandOverAsync(Akka.Cluster.Cluster cluster, IActorRef cache, Leadership leadership, TimeProvider clock)
    {
        // A member that was downed, and one without others, has nothing to hand over.
        if (cluster.SelfMember.Status != MemberStatus.Up || cluster.State.Members.Count(member => member.Status == MemberStatus.Up) < 2) return;
        // The others may not know yet where a shard is that has just moved: they would wait until the next coordinator answers.
        await AskAsync(cache, new ShardLocationCacheActor.Refresh()).ConfigureAwait(false);
        cluster.Leave(cluster.SelfAddress);
        using var timeout = new CancellationTokenSource(s_handOverTimeout, clock);
        await leadership.Ended.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<Done> AskAsync(IActorRef cache, object question)
    {
        try
        {
            return await cache.Ask<Done>(question, s_moveTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The others then ask the next coordinator.
            return Done.Instance;
        }
    }
}
