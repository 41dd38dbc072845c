using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

/// <summary>
/// Stops the shard region of the last member as soon as its pod actors have stopped. By itself, a region that shuts down keeps
/// messages to shards that were handed off, and waits 9 s for the shards' new locations. Without another member there will be none.
/// </summary>
internal static class LastShardRegion
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    // A shard that stops meanwhile does not answer.
    private static readonly TimeSpan s_queryTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>Call it when the region shuts down; completes when the region has stopped, whether this is the last member or not.</summary>
    public static async Task<Done> EndAsync(ActorSystem system, IActorRef region, TimeProvider clock)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        Task ended = region.WatchAsync();
        while (!ended.IsCompleted)
        {
            // Members that leave get no shards.
            if (!cluster.OthersUp().Any() && await HasNoShardsAsync(region).ConfigureAwait(false)) system.Stop(region);
            using var pause = new CancellationTokenSource(s_interval, clock);
            await ended.WaitAsync(pause.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Done.Instance;
    }

    private static async Task<bool> HasNoShardsAsync(IActorRef region)
    {
        try
        {
            var stats = await region.Ask<ShardRegionStats>(GetShardRegionStats.Instance, s_queryTimeout).ConfigureAwait(false);
            return stats.Stats.Count == 0 && stats.Failed.Count == 0;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }
}
