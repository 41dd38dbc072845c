using Akka;
using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Controller.Pods;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>
/// Lets this node's shard region know where each shard is before it has anything to send there. A region asks the coordinator when
/// it first needs to know, and a coordinator that has just moved to another node answers nobody for half a second; a watcher that
/// has just moved would wait for it with every pod. A node that is stopped in good order says so first: the others ask for the homes
/// of its shards while the old coordinator still gives them new ones, and it waits a moment for that before it leaves. A thin shell:
/// <see cref="ShardHomes"/> and <see cref="Departure"/> decide.
/// </summary>
public sealed class ShardHomesActor : UntypedActor, IWithTimers
{
    /// <summary>Its name below the user guardian, the same on all nodes.</summary>
    public const string Name = "shard-homes";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _region;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private ShardHomes _homes = ShardHomes.Unknown(PodShards.Count);

    private Departure _departure = Departure.Free;
    private IActorRef? _leaver;

    /// <summary>For <see cref="Props"/>.</summary>
    public ShardHomesActor(IActorRef region, TimeProvider clock) => (_region, _clock, _begun) = (region, clock, clock.GetTimestamp());

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    /// <param name="region">This node's shard region.</param>
    /// <param name="clock">This node's clock.</param>
    public static Props Props(IActorRef region, TimeProvider clock) => Akka.Actor.Props.Create(() => new ShardHomesActor(region, clock));

    /// <summary>Answer with <see cref="Done"/> when all nodes know where each shard is, as long as none moves again.</summary>
    public sealed record Recall;

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
                Take(new ShardInput.Due());
                break;
            case ShardFound found:
                Take(new ShardInput.Found(found.Shard, NodeOf(Sender)));
                break;
            case ShardsWillMove:
                Take(new ShardInput.Leaving(NodeOf(Sender)));
                break;
            case RecallShards:
                Take(new ShardInput.Recall(NodeOf(Sender)));
                break;
            case Recall:
                Await(new RecallShards());
                LetGo(_departure, Sender);
                break;
            case Stopping:
                Await(new ShardsWillMove());
                Take(new ShardInput.Leaving(_cluster.SelfAddress));
                break;
            case WaitUntilMoved:
                LetGo(_departure, Sender);
                break;
            case ShardsKnown:
                LetGo(_departure.Without(NodeOf(Sender)), _leaver);
                break;
            case ClusterEvent.MemberUp up when up.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress):
                Take(new ShardInput.Joined());
                break;
            case ClusterEvent.MemberUp:
                break;
            case ClusterEvent.MemberRemoved removed:
                LetGo(_departure.Without(removed.Member.Address), _leaver);
                Take(new ShardInput.Removed(removed.Member.Address));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Await(object question)
    {
        _departure = new Departure([.. _cluster.State.Members.Where(member => member.Status == MemberStatus.Up && !member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)).Select(member => member.Address)]);
        foreach (var node in _departure.Awaited) At(node).Tell(question);
    }

    private void LetGo(Departure departure, IActorRef? leaver)
    {
        _departure = departure;
        if (departure.IsFree) leaver?.Tell(Done.Instance);
        _leaver = departure.IsFree ? null : leaver;
    }

    private ActorSelection At(Address node) => Context.ActorSelection(new RootActorPath(node) / "user" / Name);

    private Address NodeOf(IActorRef actor) => actor.Path.Address.HasLocalScope ? _cluster.SelfAddress : actor.Path.Address;

    private void Take(ShardInput input)
    {
        (_homes, var effects) = _homes.On(input, Now);
        foreach (var shard in effects.Ask) _region.Tell(new FindShard(shard));
        foreach (var node in effects.Tell.Where(node => !node.Equals(_cluster.SelfAddress))) At(node).Tell(new ShardsKnown());
        if (_homes.NextDue is { } due) Timers.StartSingleTimer(typeof(Due), new Due(), due > Now ? due - Now : TimeSpan.Zero);
    }

    private TimeSpan Now => _clock.GetElapsedTime(_begun);
}
