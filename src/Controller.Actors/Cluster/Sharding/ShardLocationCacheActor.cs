using System.Collections.Immutable;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>
/// Informs this node's shard region of where each shard is before there is anything to send there. By itself, a region asks the
/// coordinator with its first message to a shard, and a coordinator that has just moved to another node does not answer for half a
/// second: a watcher that has just moved would wait that long with every pod. A node that shuts down gracefully announces it: the
/// others ask for the new locations of its shards while the old coordinator still allocates them, and the node waits a moment for that
/// before it leaves. <see cref="ShardLocationCache"/> decides.
/// </summary>
internal sealed class ShardLocationCacheActor : ReceiveActor, IWithTimers
{
    /// <summary>The same on all nodes, which address one another by it.</summary>
    public const string Name = "shard-homes";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _region;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private ShardLocationCache _cache = ShardLocationCache.Unknown(PodMessageExtractor.Count);
    private ImmutableHashSet<Address> _awaited = [];
    private IActorRef? _asker;

    public ShardLocationCacheActor(IActorRef region, TimeProvider clock)
    {
        (_region, _clock, _begun) = (region, clock, clock.GetTimestamp());
        Receive<Due>(_ => Handle(new ShardLocationInput.Due()));
        Receive<ShardFound>(found => Handle(new ShardLocationInput.Found(found.Shard, NodeOf(Sender))));
        Receive<ShardsWillMove>(_ => Handle(new ShardLocationInput.Leaving(NodeOf(Sender))));
        Receive<RefreshShardLocations>(_ => Handle(new ShardLocationInput.Refresh(NodeOf(Sender))));
        Receive<ClusterEvent.MemberUp>(up => { if (up.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)) Handle(new ShardLocationInput.Joined()); });
        Receive<ClusterEvent.MemberRemoved>(removed =>
        {
            HandleAcks(_awaited.Remove(removed.Member.Address), _asker);
            Handle(new ShardLocationInput.Removed(removed.Member.Address));
        });
        Receive<Refresh>(_ =>
        {
            RequestAcks(new RefreshShardLocations());
            HandleAcks(_awaited, Sender);
        });
        Receive<Stopping>(_ =>
        {
            RequestAcks(new ShardsWillMove());
            Handle(new ShardLocationInput.Leaving(_cluster.SelfAddress));
        });
        Receive<WaitUntilMoved>(_ => HandleAcks(_awaited, Sender));
        Receive<ShardLocationsKnown>(_ => HandleAcks(_awaited.Remove(NodeOf(Sender)), _asker));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Answered with <see cref="Done"/> when all nodes know where each shard is.</summary>
    public sealed record Refresh;

    /// <summary>This node is about to shut down gracefully.</summary>
    public sealed record Stopping;

    /// <summary>After <see cref="Stopping"/>; answered with <see cref="Done"/> when the others know where the shards have moved.</summary>
    public sealed record WaitUntilMoved;

    private sealed record Due;

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void RequestAcks(object question)
    {
        _awaited = [.. _cluster.OthersUp().Select(member => member.Address)];
        foreach (var node in _awaited) At(node).Tell(question);
    }

    private void HandleAcks(ImmutableHashSet<Address> awaited, IActorRef? asker)
    {
        if (awaited.IsEmpty) asker?.Tell(Done.Instance);
        (_awaited, _asker) = (awaited, awaited.IsEmpty ? null : asker);
    }

    private ActorSelection At(Address node) => Context.ActorSelection(new RootActorPath(node) / "user" / Name);

    private Address NodeOf(IActorRef actor) => actor.Path.Address.HasLocalScope ? _cluster.SelfAddress : actor.Path.Address;

    private void Handle(ShardLocationInput input)
    {
        (_cache, var effects) = _cache.Handle(input, Now);
        foreach (var effect in effects) Perform(effect);
        if (_cache.NextDue is { } due) Timers.StartSingleTimer(typeof(Due), new Due(), due > Now ? due - Now : TimeSpan.Zero);
    }

    private void Perform(ShardLocationEffect effect)
    {
        switch (effect)
        {
            case ShardLocationEffect.Find find:
                _region.Tell(new FindShard(find.Shard));
                break;
            case ShardLocationEffect.ReportKnown report:
                if (!report.Node.Equals(_cluster.SelfAddress)) At(report.Node).Tell(new ShardLocationsKnown());
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }

    private TimeSpan Now => _clock.GetElapsedTime(_begun);
}
