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
/// In which order a controller that is asked to stop gives up what it has. Akka stops a node's shard region before the node leaves.
/// The leader's sends to all pod actors, and nothing would be sent from then on until another leads: so who leads leaves first, and
/// stops its region when another has taken over.
/// </summary>
internal static class GracefulShutdown
{
    // Some rounds of gossip. It is not worth more: without the others' consent, its pods have been waiting already.
    private static readonly TimeSpan s_otherLeads = TimeSpan.FromSeconds(2);

    // Longer than a pod actor may take to stop, and its shard to be stored elsewhere.
    private static readonly TimeSpan s_shardsMove = PodActor.StopTimeout + TimeSpan.FromMilliseconds(600);

    /// <summary>Adds that order to Akka's coordinated shutdown.</summary>
    public static AkkaConfigurationBuilder WithGracefulShutdown(this AkkaConfigurationBuilder akka, IServiceProvider provider) => akka.WithActors((system, registry, _) =>
    {
        var (clock, leadership) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Leadership>());
        var (region, homes) = (registry.Get<PodActor>(), registry.Get<ShardLocationCacheActor>());
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, ShardLocationCacheActor.Name, async () =>
        {
            if (leadership.IsHeld) await LetAnotherLeadAsync(Akka.Cluster.Cluster.Get(system), homes, leadership, clock).ConfigureAwait(false);
            homes.Tell(new ShardLocationCacheActor.Stopping());
            return Done.Instance;
        });
        shutdown.AddTask(
            CoordinatedShutdown.PhaseClusterShardingShutdownRegion, ShardLocationCacheActor.Name, () => AskAsync(homes, new ShardLocationCacheActor.WaitUntilMoved()));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, nameof(LastShardRegion), () => LastShardRegion.EndAsync(system, region, clock));
    });

    private static async Task LetAnotherLeadAsync(Akka.Cluster.Cluster cluster, IActorRef homes, Leadership leadership, TimeProvider clock)
    {
        // Nobody waits for one that was taken out, and one that is alone has nobody to leave it to.
        if (cluster.SelfMember.Status != MemberStatus.Up || cluster.State.Members.Count(member => member.Status == MemberStatus.Up) < 2) return;
        // Of a shard that has just moved the others may not know where it is: they would have to wait until the next coordinator answers.
        await AskAsync(homes, new ShardLocationCacheActor.Refresh()).ConfigureAwait(false);
        cluster.Leave(cluster.SelfAddress);
        using var enough = new CancellationTokenSource(s_otherLeads, clock);
        await leadership.Ended.WaitAsync(enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<Done> AskAsync(IActorRef homes, object question)
    {
        try
        {
            return await homes.Ask<Done>(question, s_shardsMove).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The next coordinator will be asked.
            return Done.Instance;
        }
    }
}
