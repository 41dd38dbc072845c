using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.TestKit.Xunit2;
using AkkaVault.Actors.Tests.Logging;
using AkkaVault.Controller.Cluster.Downing;

namespace AkkaVault.Actors.Tests.Cluster.Downing;

/// <summary>Two members, over the network. One of them quarantines the other.</summary>
public sealed class QuarantineNoticeTests : TestKit
{
    // No failure detector and no downing provider decides anything here.
    private const string Hocon = """
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        akka.remote { use-passive-connections = off, retry-gate-closed-for = 100ms }
        akka.cluster { gossip-interval = 100ms, leader-actions-interval = 100ms, failure-detector.acceptable-heartbeat-pause = 1h }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestKit _other = new(Hocon, nameof(QuarantineNoticeTests));
    private readonly Akka.Cluster.Cluster _cluster;
    private readonly Akka.Cluster.Cluster _otherCluster;
    private readonly RecordingLog<QuarantineNoticeActor> _log = new();
    private readonly IActorRef _notices;

    public QuarantineNoticeTests()
        : base(Hocon, nameof(QuarantineNoticeTests))
    {
        (_cluster, _otherCluster) = (Akka.Cluster.Cluster.Get(Sys), Akka.Cluster.Cluster.Get(_other.Sys));
        _cluster.Join(_cluster.SelfAddress);
        _otherCluster.Join(_cluster.SelfAddress);
        AwaitCondition(() => new[] { _cluster, _otherCluster }.All(cluster => cluster.State.Members.Count(member => member.Status == MemberStatus.Up) == 2), Patience);
        _notices = Sys.ActorOf(Props.Create(() => new QuarantineNoticeActor(_log)));
    }

    protected override void AfterAll()
    {
        Shutdown(_other.Sys);
        base.AfterAll();
    }

    [Fact]
    public void A_node_that_the_other_one_has_quarantined_ends_as_one_that_was_downed()
    {
        Quarantine();
        AwaitCondition(() => CoordinatedShutdown.Get(Sys).ShutdownReason is CoordinatedShutdown.ClusterDowningReason && _cluster.IsTerminated, Patience);
    }

    [Fact]
    public void A_notice_of_one_that_is_no_member_means_nothing()
    {
        _cluster.Down(_otherCluster.SelfAddress);
        AwaitCondition(() => _cluster.State.Members.All(member => member.Status != MemberStatus.Up || member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)), Patience);
        foreach (var address in new[] { _otherCluster.SelfAddress, Address.Parse("akka.tcp://another@127.0.0.1:1") })
            Sys.EventStream.Publish(new ThisActorSystemQuarantinedEvent(_cluster.SelfAddress, address));
        _notices.Tell(new Identify("handled"));
        ExpectMsg<ActorIdentity>(Patience);
        Assert.Empty(_log.Entries);
    }

    private void Quarantine() => ((IRemoteActorRefProvider)((ExtendedActorSystem)_other.Sys).Provider).Quarantine(_cluster.SelfAddress, _cluster.SelfUniqueAddress.Uid);
}
