using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Actors.Tests.Cluster.AkkaWorkarounds;

/// <summary>On one node, whose time is virtual. A test probe stands in for the shard region.</summary>
public sealed class ClusterTicksTests : TestKit
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TestClock _clock = new();
    private readonly TestProbe _region;
    private readonly IActorRef _actor;

    public ClusterTicksTests()
        : base("""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            """)
    {
        _region = CreateTestProbe();
        _actor = Sys.ActorOf(Props.Create(() => new ClusterTicksActor(_region, _clock)));
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        AwaitCondition(() => cluster.State.Members.Any(member => member.Status == MemberStatus.Up), s_patience);
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Nothing_is_sent_while_nothing_changes()
    {
        Assert.NotEqual(0, await SentAsync());
        _clock.Advance(ClusterChanges.Settling);
        Assert.Equal(1, await SentAsync());
        Assert.Equal(0, await SentAsync());
    }

    [Fact]
    public async Task A_lost_connection_is_a_change()
    {
        await SentAsync();
        _clock.Advance(ClusterChanges.Settling);
        await SentAsync();
        Sys.EventStream.Publish(new DisassociatedEvent(Address.AllSystems, Address.AllSystems, false));
        Assert.Equal(11, await SentAsync());
        Assert.Equal(10, await SentAsync());
    }

    /// <summary>Lets a second pass, and counts what was sent to the region.</summary>
    private async Task<int> SentAsync()
    {
        var sent = 0;
        for (var interval = 0; interval < 10; interval++)
        {
            // After this answer the actor has handled all earlier messages.
            await _actor.Ask<ActorIdentity>(new Identify(null), s_patience);
            Time.Advance(ClusterTicksActor.Interval);
        }
        await _actor.Ask<ActorIdentity>(new Identify(null), s_patience);
        while (_region.HasMessages)
        {
            Assert.Equal("Akka.Cluster.Sharding.ShardRegion+Retry", _region.ReceiveOne().GetType().FullName);
            sent++;
        }
        return sent;
    }
}
