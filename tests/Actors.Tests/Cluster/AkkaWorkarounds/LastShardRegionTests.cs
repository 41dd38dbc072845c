using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Actors.Tests.Cluster.AkkaWorkarounds;

/// <summary>A cluster with one member. Messages are sent to its shards all the time.</summary>
public sealed class LastShardRegionTests() : TestKit("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
    akka.cluster.sharding { distributed-data.durable.keys = [], retry-interval = 100ms }
    akka.coordinated-shutdown { terminate-actor-system = off, run-by-actor-system-terminate = off }
    """)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>One entity stops later than the others, like a pod actor that still pushes.</summary>
    private sealed class Slow : ReceiveActor, IWithTimers
    {
        public Slow(bool slow)
        {
            Receive<FindShard>(find => Sender.Tell(new ShardFound(find.Shard)));
            Receive<PodActor.Stop>(_ => Timers.StartSingleTimer(nameof(slow), PoisonPill.Instance, slow ? TimeSpan.FromMilliseconds(400) : TimeSpan.Zero));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> heard) => Receive<Warning>(warning => heard.Enqueue($"{warning.Message}"));
    }

    [Fact]
    public async Task A_region_that_is_the_last_one_ends_although_its_shards_are_asked_for_while_it_is_stopped()
    {
        var region = ClusterSharding.Get(Sys).Start(
            "pods", entity => Props.Create(() => new Slow(entity == "~0")), ClusterShardingSettings.Create(Sys), new PodMessageExtractor(),
            ShardAllocationStrategy.LeastShardAllocationStrategy(1, 1), PodActor.Stop.Instance);
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        foreach (var shard in Enumerable.Range(0, PodMessageExtractor.Count)) region.Tell(new FindShard(shard), TestActor);
        ReceiveN(PodMessageExtractor.Count, Patience);

        var warnings = new ConcurrentQueue<string>();
        Sys.EventStream.Subscribe(Sys.ActorOf(Props.Create(() => new Listener(warnings))), typeof(Warning));
        using var asking = new CancellationTokenSource();
        var asked = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
            while (!asking.IsCancellationRequested)
            {
                foreach (var shard in Enumerable.Range(0, PodMessageExtractor.Count)) region.Tell(new FindShard(shard));
                await timer.WaitForNextTickAsync();
            }
        });
        var shutdown = CoordinatedShutdown.Get(Sys);
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, nameof(LastShardRegion), () => LastShardRegion.EndAsync(Sys, region, TimeProvider.System));
        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);
        await asking.CancelAsync();
        await asked;

        // Akka logs this message after a wait of 9 s.
        Assert.DoesNotContain(warnings, warning => warning.Contains("Graceful shutdown of shard region timed out", StringComparison.Ordinal));
    }
}
