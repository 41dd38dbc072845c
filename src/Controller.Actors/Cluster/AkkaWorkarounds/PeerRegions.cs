using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

/// <summary>What <see cref="PeerRegions"/> is told.</summary>
internal abstract record PeerInput(UniqueAddress Member)
{
    /// <summary>Another node is a member.</summary>
    public sealed record Joined(UniqueAddress Member) : PeerInput(Member);

    /// <summary>Its shard region has answered.</summary>
    public sealed record Identified(UniqueAddress Member, IActorRef Region) : PeerInput(Member);

    /// <summary>It is a member no more.</summary>
    public sealed record Removed(UniqueAddress Member) : PeerInput(Member);

    /// <summary>A wait is over.</summary>
    public sealed record Due(UniqueAddress Member) : PeerInput(Member);
}

/// <summary>What it wants done.</summary>
internal abstract record PeerEffect(UniqueAddress Member)
{
    /// <summary>Ask for its shard region.</summary>
    public sealed record Identify(UniqueAddress Member) : PeerEffect(Member);

    /// <summary>Tell this node's shard region that that one is gone.</summary>
    public sealed record TellGone(UniqueAddress Member, IActorRef Region) : PeerEffect(Member);

    /// <summary>Wait.</summary>
    public sealed record Wait(UniqueAddress Member, TimeSpan Delay) : PeerEffect(Member);
}

/// <summary>
/// The shard regions of the other nodes, as a pure state machine: each is asked for while its node is a member, so that this node's
/// region can be told when it is gone.
/// </summary>
internal sealed record PeerRegions
{
    /// <summary>Between two questions to a region that has not answered.</summary>
    public static readonly TimeSpan IdentifyTimeout = TimeSpan.FromSeconds(1);

    /// <summary>When it is told, from the removal on: a coordinator that is just storing something may name the dead region for some seconds.</summary>
    public static readonly ImmutableList<TimeSpan> Times =
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10)];

    /// <summary>No other node.</summary>
    public static readonly PeerRegions None = new();

    private PeerRegions()
    {
    }

    private sealed record Peer(IActorRef? Region, int Told = 0);

    private ImmutableDictionary<UniqueAddress, Peer> Peers { get; init; } = ImmutableDictionary<UniqueAddress, Peer>.Empty;

    /// <summary>How many are kept.</summary>
    public int Count => Peers.Count;

    /// <summary>The transition function.</summary>
    public (PeerRegions Regions, ImmutableList<PeerEffect> Effects) Handle(PeerInput input) => (input, Peers.GetValueOrDefault(input.Member)) switch
    {
        (PeerInput.Joined joined, null) => (With(joined.Member, new Peer(null)), Ask(joined.Member)),
        (PeerInput.Identified identified, { Region: null } peer) => (With(identified.Member, peer with { Region = identified.Region }), []),
        // Nothing can have been sent to a region that nobody has heard of.
        (PeerInput.Removed removed, { Region: null }) => (Without(removed.Member), []),
        (PeerInput.Removed removed, { Told: 0 } peer) => Tell(removed.Member, peer),
        (PeerInput.Due due, { Region: null }) => (this, Ask(due.Member)),
        (PeerInput.Due due, { Told: > 0 } peer) => Tell(due.Member, peer),
        _ => (this, []),
    };

    private (PeerRegions, ImmutableList<PeerEffect>) Tell(UniqueAddress member, Peer peer)
    {
        var told = new PeerEffect.TellGone(member, peer.Region!);
        return peer.Told + 1 < Times.Count
            ? (With(member, peer with { Told = peer.Told + 1 }), [told, new PeerEffect.Wait(member, Times[peer.Told + 1] - Times[peer.Told])])
            : (Without(member), [told]);
    }

    private static ImmutableList<PeerEffect> Ask(UniqueAddress member) => [new PeerEffect.Identify(member), new PeerEffect.Wait(member, IdentifyTimeout)];

    private PeerRegions With(UniqueAddress member, Peer peer) => this with { Peers = Peers.SetItem(member, peer) };

    private PeerRegions Without(UniqueAddress member) => this with { Peers = Peers.Remove(member) };
}
