using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Actors.Tests.Cluster.Sharding;

/// <summary>In a cluster with one member.</summary>
public sealed class ShardLocationCacheActorTests() : TestKit("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
    akka.cluster.sharding.distributed-data.durable.keys = []
    """)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Each_shard_says_where_it_is_and_keeps_no_entity_for_it()
    {
        var region = ClusterSharding.Get(Sys).Start(
            "pods", entity => PodMessageExtractor.IsOfShard(entity) ? Props.Create(() => new ShardLocationActor()) : Props.Empty, ClusterShardingSettings.Create(Sys), new PodMessageExtractor());
        Join();
        foreach (var shard in Enumerable.Range(0, PodMessageExtractor.Count)) region.Tell(new FindShard(shard), TestActor);
        var found = ReceiveN(PodMessageExtractor.Count, Patience).Cast<ShardFound>().Select(answer => answer.Shard);
        Assert.Equal(Enumerable.Range(0, PodMessageExtractor.Count), found.Order());
        AwaitCondition(
            () =>
            {
                region.Tell(GetShardRegionStats.Instance, TestActor);
                var stats = ExpectMsg<ShardRegionStats>(Patience).Stats;
                return stats.Count == PodMessageExtractor.Count && stats.Values.Sum() == 0;
            },
            Patience);
    }

    [Fact]
    public void A_pod_is_in_the_shard_of_its_uid_whatever_is_sent_to_it()
    {
        var shards = new PodMessageExtractor();
        var run = new RunId("0f2dbf13-0cb1-4e01-9234-4969bc85953f", "containerd://1");
        Assert.Equal(run.Uid, shards.EntityId(new AckRun(run)));
        Assert.Equal(run.Uid, shards.EntityId(new CancelRun(run, [])));
        Assert.InRange(int.Parse(shards.ShardId(run.Uid), System.Globalization.CultureInfo.InvariantCulture), 0, PodMessageExtractor.Count - 1);
        Assert.False(PodMessageExtractor.IsOfShard(run.Uid));
        Assert.Null(shards.EntityId("anything else"));
    }

    [Fact]
    public void A_stopping_member_asks_where_every_shard_moves_and_does_not_wait_when_it_is_alone()
    {
        var region = CreateTestProbe();
        var homes = Sys.ActorOf(Props.Create(() => new ShardLocationCacheActor(region, TimeProvider.System)), ShardLocationCacheActor.Name);
        region.ExpectNoMsg(TimeSpan.Zero);
        Join();
        // The actor learns a moment later that its own node is a member.
        AwaitCondition(
            () =>
            {
                homes.Tell(new ShardLocationCacheActor.Stopping(), TestActor);
                return region.HasMessages;
            },
            Patience);
        Assert.Equal(Enumerable.Range(0, PodMessageExtractor.Count), region.ReceiveN(PodMessageExtractor.Count, Patience).Cast<FindShard>().Select(find => find.Shard));
        homes.Tell(new ShardLocationCacheActor.WaitUntilMoved(), TestActor);
        ExpectMsg<Done>(Patience);
    }

    [Fact]
    public void A_refresh_asks_for_each_shard_again_and_a_member_that_is_alone_waits_for_nobody()
    {
        var region = CreateTestProbe();
        var homes = Sys.ActorOf(Props.Create(() => new ShardLocationCacheActor(region, TimeProvider.System)), ShardLocationCacheActor.Name);
        Join();
        AwaitCondition(
            () =>
            {
                homes.Tell(new RefreshShardLocations(), TestActor);
                return region.HasMessages;
            },
            Patience);
        Assert.Equal(Enumerable.Range(0, PodMessageExtractor.Count), region.ReceiveN(PodMessageExtractor.Count, Patience).Cast<FindShard>().Select(find => find.Shard));
        homes.Tell(new ShardLocationCacheActor.Refresh(), TestActor);
        ExpectMsg<Done>(Patience);
    }

    private void Join()
    {
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
    }
}
