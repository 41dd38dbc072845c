using Akka.Actor;
using Akka.Cluster.Sharding;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>Asks the shard region now and then what it hosts.</summary>
public sealed class ShardMetricsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>For <see cref="Props"/>.</summary>
    public ShardMetricsActor(IActorRef region, ControllerMetrics metrics)
    {
        Receive<Due>(_ => region.Tell(GetShardRegionStats.Instance));
        Receive<ShardRegionStats>(stats => metrics.Hosting(stats.Stats.Count, stats.Stats.Values.Sum()));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    /// <param name="region">The shard region of the pod actors.</param>
    /// <param name="metrics">Where it counts.</param>
    public static Props Props(IActorRef region, ControllerMetrics metrics) => Akka.Actor.Props.Create(() => new ShardMetricsActor(region, metrics));

    private sealed record Due;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(typeof(Due), new Due(), Interval);
}
