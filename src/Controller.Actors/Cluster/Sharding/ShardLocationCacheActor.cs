using Akka;
using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>
/// Lets this node's shard region know where each shard is before it has anything to send there. A region asks the coordinator when
/// it first needs to know, and a coordinator that has just moved to another node answers nobody for half a second; a watcher that
/// has just moved would wait for it with every pod. A node that is stopped in good order says so first: the others ask for the homes
/// of its shards while the old coordinator still gives them new ones, and it waits a moment for that before it leaves. A thin shell:
/// <see cref="ShardLocationCache"/> and <see cref="ShardLocationAcks"/> decide.
/// </summary>
internal sealed class ShardLocationCacheActor : UntypedActor, IWithTimers
{
    /// <summary>Its name below the user guardian, the same on all nodes.</summary>
    public const string Name = "shard-homes";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _region;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private ShardLocationCache _cache = ShardLocationCache.Unknown(PodMessageExtractor.Count);

    private ShardLocationAcks _acks = ShardLocationAcks.None;
    private IActorRef? _leaving;

    public ShardLocationCacheActor(IActorRef region, TimeProvider clock) => (_region, _clock, _begun) = (region, clock, clock.GetTimestamp());

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Answer with <see cref="Done"/> when all nodes know where each shard is, as long as none moves again.</summary>
    public sealed record Refresh;

    /// <summary>This node is about to be stopped in good order.</summary>
    public sealed record Stopping;

    /// <summary>After <see cref="Stopping"/>: answer with <see cref="Done"/> when the others know where the shards have gone.</summary>
    public sealed record WaitUntilMoved;

    private sealed record Due;

    /// <inheritdoc/>
    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Due:
                Handle(new ShardLocationInput.Due());
                break;
            case ShardFound found:
                Handle(new ShardLocationInput.Found(found.Shard, NodeOf(Sender)));
                break;
            case ShardsWillMove:
                Handle(new ShardLocationInput.Leaving(NodeOf(Sender)));
                break;
            case RefreshShardLocations:
                Handle(new ShardLocationInput.Refresh(NodeOf(Sender)));
                break;
            case Refresh:
                Await(new RefreshShardLocations());
                LetGo(_acks, Sender);
                break;
            case Stopping:
                Await(new ShardsWillMove());
                Handle(new ShardLocationInput.Leaving(_cluster.SelfAddress));
                break;
            case WaitUntilMoved:
                LetGo(_acks, Sender);
                break;
            case ShardLocationsKnown:
                LetGo(_acks.Without(NodeOf(Sender)), _leaving);
                break;
            case ClusterEvent.MemberUp up when up.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress):
                Handle(new ShardLocationInput.Joined());
                break;
            case ClusterEvent.MemberUp:
                break;
            case ClusterEvent.MemberRemoved removed:
                LetGo(_acks.Without(removed.Member.Address), _leaving);
                Handle(new ShardLocationInput.Removed(removed.Member.Address));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Await(object question)
    {
        _acks = new ShardLocationAcks([.. _cluster.State.Members.Where(member => member.Status == MemberStatus.Up && !member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)).Select(member => member.Address)]);
        foreach (var node in _acks.Awaited) At(node).Tell(question);
    }

    private void LetGo(ShardLocationAcks departure, IActorRef? leaver)
    {
        _acks = departure;
        if (departure.AreAllReceived) leaver?.Tell(Done.Instance);
        _leaving = departure.AreAllReceived ? null : leaver;
    }

    private ActorSelection At(Address node) => Context.ActorSelection(new RootActorPath(node) / "user" / Name);

    private Address NodeOf(IActorRef actor) => actor.Path.Address.HasLocalScope ? _cluster.SelfAddress : actor.Path.Address;

    private void Handle(ShardLocationInput input)
    {
        (_cache, var effects) = _cache.Handle(input, Now);
        foreach (var shard in effects.Ask) _region.Tell(new FindShard(shard));
        foreach (var node in effects.Tell.Where(node => !node.Equals(_cluster.SelfAddress))) At(node).Tell(new ShardLocationsKnown());
        if (_cache.NextDue is { } due) Timers.StartSingleTimer(typeof(Due), new Due(), due > Now ? due - Now : TimeSpan.Zero);
    }

    private TimeSpan Now => _clock.GetElapsedTime(_begun);
}
