using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;

namespace AkkaVault.Actors.Tests.Cluster.AkkaWorkarounds;

/// <summary>Two nodes whose own timers are never due: what happens between them, the ticks have done. So this also tells when Akka's messages are others.</summary>
public sealed class ClusterTicksOfTwoTests() : TestKit(Config, "two")
{
    private const string Config = """
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        akka.cluster {
          gossip-interval = 1h
          leader-actions-interval = 1h
          sharding { state-store-mode = ddata, retry-interval = 1h, distributed-data.durable.keys = [] }
        }
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TestKit _other = new(Config, "two");

    protected override void AfterAll()
    {
        Shutdown(_other.Sys);
        base.AfterAll();
    }

    [Fact]
    public async Task A_node_joins_and_the_shards_are_found()
    {
        var region = await StartAsync(Sys);
        await StartAsync(_other.Sys);
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        Akka.Cluster.Cluster.Get(_other.Sys).Join(cluster.SelfAddress);
        AwaitCondition(() => UpIn(Sys) == 2 && UpIn(_other.Sys) == 2, s_patience);
        region.Tell("a pod", TestActor);
        ExpectMsg("a pod", s_patience);
    }

    private static async Task<IActorRef> StartAsync(ActorSystem system)
    {
        var region = await ClusterSharding.Get(system).StartAsync("pods", _ => Props.Create(() => new Echo()), ClusterShardingSettings.Create(system), new EveryMessage());
        system.ActorOf(Props.Create(() => new ClusterTicksActor(region, TimeProvider.System)));
        return region;
    }

    private static int UpIn(ActorSystem system) => Akka.Cluster.Cluster.Get(system).State.Members.Count(member => member.Status == MemberStatus.Up);

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }

    private sealed class EveryMessage() : HashCodeMessageExtractor(1)
    {
        public override string EntityId(object message) => "one";
    }
}
