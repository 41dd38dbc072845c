using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

internal abstract record PeerInput(UniqueAddress Member)
{
    public sealed record Joined(UniqueAddress Member) : PeerInput(Member);

    /// <summary>The member's shard region has answered.</summary>
    public sealed record Identified(UniqueAddress Member, IActorRef Region) : PeerInput(Member);
    public sealed record Removed(UniqueAddress Member) : PeerInput(Member);

    /// <summary>The delay of <see cref="PeerEffect.Wait"/> is over.</summary>
    public sealed record Due(UniqueAddress Member) : PeerInput(Member);
}

internal abstract record PeerEffect(UniqueAddress Member)
{
    /// <summary>Ask for the member's shard region.</summary>
    public sealed record Identify(UniqueAddress Member) : PeerEffect(Member);

    /// <summary>Notify this node's shard region that the member's region is gone.</summary>
    public sealed record NotifyGone(UniqueAddress Member, IActorRef Region) : PeerEffect(Member);
    public sealed record Wait(UniqueAddress Member, TimeSpan Delay) : PeerEffect(Member);
}

/// <summary>The shard regions of the other members, identified while their nodes are members so that this node's region can be notified when they are gone.</summary>
internal sealed record PeerRegions
{
    /// <summary>Between two questions to a region that has not answered.</summary>
    public static readonly TimeSpan IdentifyTimeout = TimeSpan.FromSeconds(1);

    /// <summary>When this node's region is notified, counted from the removal: a coordinator that is storing its state may name the dead region for some seconds.</summary>
    public static readonly ImmutableList<TimeSpan> NoticeTimes =
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10)];

    public static readonly PeerRegions None = new();

    private PeerRegions() { }

    private sealed record Peer(IActorRef? Region, int Notices = 0);
    private ImmutableDictionary<UniqueAddress, Peer> Peers { get; init; } = ImmutableDictionary<UniqueAddress, Peer>.Empty;

    public int Count => Peers.Count;

    public Transition<PeerRegions, PeerEffect> Handle(PeerInput input) => (input, Peers.GetValueOrDefault(input.Member)) switch
    {
        (PeerInput.Joined joined, null) => With(joined.Member, new Peer(null)).ThenIdentify(joined.Member),
        (PeerInput.Identified identified, { Region: null } peer) => new(With(identified.Member, peer with { Region = identified.Region }), []),
        // This node's region cannot have sent anything to a region that never answered.
        (PeerInput.Removed removed, { Region: null }) => new(Without(removed.Member), []),
        (PeerInput.Removed removed, { Notices: 0 } peer) => ThenNotify(removed.Member, peer),
        (PeerInput.Due due, { Region: null }) => ThenIdentify(due.Member),
        (PeerInput.Due due, { Notices: > 0 } peer) => ThenNotify(due.Member, peer),
        _ => new(this, []),
    };

    private Transition<PeerRegions, PeerEffect> ThenNotify(UniqueAddress member, Peer peer)
    {
        var notify = new PeerEffect.NotifyGone(member, peer.Region!);
        var notices = peer.Notices + 1;
        return notices < NoticeTimes.Count
            ? new(With(member, peer with { Notices = notices }), [notify, new PeerEffect.Wait(member, NoticeTimes[notices] - NoticeTimes[peer.Notices])])
            : new(Without(member), [notify]);
    }

    private Transition<PeerRegions, PeerEffect> ThenIdentify(UniqueAddress member) => new(this, [new PeerEffect.Identify(member), new PeerEffect.Wait(member, IdentifyTimeout)]);

    private PeerRegions With(UniqueAddress member, Peer peer) => this with { Peers = Peers.SetItem(member, peer) };

    private PeerRegions Without(UniqueAddress member) => this with { Peers = Peers.Remove(member) };
}
