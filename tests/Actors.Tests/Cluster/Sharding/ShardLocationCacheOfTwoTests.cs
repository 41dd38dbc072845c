using Akka;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Controller.Common;

namespace AkkaVault.Actors.Tests.Cluster.Sharding;

/// <summary>In a cluster with two members, over the network. Test probes stand in for the shard regions.</summary>
public sealed class ShardLocationCacheOfTwoTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestKit _other;
    private readonly IActorRef _homes;
    private readonly IActorRef _homesOfOther;
    private readonly TestProbe _regionOfOther;

    public ShardLocationCacheOfTwoTests()
        : base(Setup(), "two")
    {
        _other = new TestKit(ActorSystem.Create(Sys.Name, Setup()));
        _homes = Sys.ActorOf(Props.Create(() => new ShardLocationCacheActor(CreateTestProbe(), TimeProvider.System)), ShardLocationCacheActor.Name);
        _regionOfOther = _other.CreateTestProbe();
        _homesOfOther = _other.Sys.ActorOf(Props.Create(() => new ShardLocationCacheActor(_regionOfOther, TimeProvider.System)), ShardLocationCacheActor.Name);
        var first = Akka.Cluster.Cluster.Get(Sys);
        first.Join(first.SelfAddress);
        Akka.Cluster.Cluster.Get(_other.Sys).Join(first.SelfAddress);
        AwaitCondition(() => UpIn(Sys) == 2 && UpIn(_other.Sys) == 2, Patience);
    }

    protected override void AfterAll()
    {
        Shutdown(_other.Sys);
        base.AfterAll();
    }

    [Fact]
    public void Who_recalls_the_shards_is_answered_when_the_other_knows_where_they_are()
    {
        _homes.Tell(new ShardLocationCacheActor.Refresh(), TestActor);
        OtherFindsAll();
        ExpectMsg<Done>(Patience);
    }

    [Fact]
    public void Who_is_stopped_is_let_go_when_the_other_knows_where_its_shards_have_gone()
    {
        _homes.Tell(new ShardLocationCacheActor.Stopping(), TestActor);
        _homes.Tell(new ShardLocationCacheActor.WaitUntilMoved(), TestActor);
        OtherFindsAll();
        ExpectMsg<Done>(Patience);
    }

    [Fact]
    public void Nobody_waits_for_one_that_is_gone()
    {
        _homes.Tell(new ShardLocationCacheActor.Refresh(), TestActor);
        _regionOfOther.ExpectMsg<FindShard>(Patience);
        var cluster = Akka.Cluster.Cluster.Get(Sys);
        cluster.Down(Akka.Cluster.Cluster.Get(_other.Sys).SelfAddress);
        ExpectMsg<Done>(Patience);
    }

    // Whoever has just become a member, or is told to ask again, forgets what it was told, and asks again.
    private void OtherFindsAll()
    {
        var asked = new HashSet<int>();
        while (asked.Count < PodMessageExtractor.Count) asked.Add(_regionOfOther.ExpectMsg<FindShard>(Patience).Shard);
        Assert.False(HasMessages);
        _regionOfOther.SetAutoPilot(new DelegateAutoPilot((_, message) =>
        {
            if (message is FindShard find) Answer(find.Shard);
            return AutoPilot.KeepRunning;
        }));
        foreach (var shard in asked) Answer(shard);
        while (_regionOfOther.HasMessages) Answer(_regionOfOther.ExpectMsg<FindShard>(Patience).Shard);
    }

    private void Answer(int shard) => _homesOfOther.Tell(new ShardFound(shard), _regionOfOther);

    private static int UpIn(ActorSystem system) => Akka.Cluster.Cluster.Get(system).State.Members.Count(member => member.Status == MemberStatus.Up);

    private static ActorSystemSetup Setup() => ActorSystemSetup.Create(
        BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString("""
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            """)),
        SerializationSetup.Create(system => [SerializerDetails.Create("pods", new WireSerializer(system), [typeof(IWireMessage)])]));
}
