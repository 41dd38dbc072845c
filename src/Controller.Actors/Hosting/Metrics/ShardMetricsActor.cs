using Akka.Actor;
using Akka.Cluster.Sharding;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>Asks the shard region now and then what it hosts.</summary>
internal sealed class ShardMetricsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public ShardMetricsActor(IActorRef region, ControllerMetrics metrics)
    {
        Receive<Due>(_ => region.Tell(GetShardRegionStats.Instance));
        Receive<ShardRegionStats>(stats => metrics.Hosting(stats.Stats.Count, stats.Stats.Values.Sum()));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record Due;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(typeof(Due), new Due(), Interval);
}
