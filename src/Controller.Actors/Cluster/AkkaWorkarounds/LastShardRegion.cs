using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

/// <summary>
/// Ends the shard region of the last member as soon as its pod actors have stopped. What is sent to a shard that has been handed off
/// waits in the region for the shard's next home, and a region that is stopped waits with it, for 9 s. Where no other member is up,
/// there will be no other home.
/// </summary>
internal static class LastShardRegion
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    // A shard that stops meanwhile does not answer.
    private static readonly TimeSpan s_answer = TimeSpan.FromMilliseconds(250);

    /// <summary>Ends it, if it is the last one and is being stopped; done when it has ended, as the last one or not.</summary>
    /// <param name="system">The node's actor system.</param>
    /// <param name="region">Its shard region.</param>
    /// <param name="clock">This node's clock.</param>
    public static async Task<Done> EndAsync(ActorSystem system, IActorRef region, TimeProvider clock)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        Task ended = region.WatchAsync();
        while (!ended.IsCompleted)
        {
            if (IsLast(cluster) && await HasNoShardsAsync(region).ConfigureAwait(false)) system.Stop(region);
            using var pause = new CancellationTokenSource(s_interval, clock);
            await ended.WaitAsync(pause.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Done.Instance;
    }

    // Others that leave too take no shards.
    private static bool IsLast(Akka.Cluster.Cluster cluster) =>
        !cluster.State.Members.Any(member => member.Status is MemberStatus.Up && !member.UniqueAddress.Equals(cluster.SelfUniqueAddress));

    private static async Task<bool> HasNoShardsAsync(IActorRef region)
    {
        try
        {
            var stats = await region.Ask<ShardRegionStats>(GetShardRegionStats.Instance, s_answer).ConfigureAwait(false);
            return stats.Stats.Count == 0 && stats.Failed.Count == 0;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }
}
