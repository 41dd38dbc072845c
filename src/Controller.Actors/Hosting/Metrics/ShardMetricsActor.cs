using Akka.Actor;
using Akka.Cluster.Sharding;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>Counts this node's shards and their pod actors, by asking the shard region from time to time.</summary>
internal sealed class ShardMetricsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public ShardMetricsActor(IActorRef region, ControllerMetrics metrics)
    {
        Receive<Due>(_ => region.Tell(GetShardRegionStats.Instance));
        Receive<ShardRegionStats>(stats => metrics.Hosting(stats.Stats.Count, stats.Stats.Values.Sum()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record Due;

    protected override void PreStart() => Timers.StartPeriodicTimer(typeof(Due), new Due(), Interval);
}
