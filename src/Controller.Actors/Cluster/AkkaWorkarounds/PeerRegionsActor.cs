using Akka.Actor;
using Akka.Cluster;
using Akka.Dispatch.SysMsg;
using Akka.Hosting;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

internal static class PeerRegionsExtensions
{
    /// <summary>Has this node's region forget the regions of removed nodes.</summary>
    public static AkkaConfigurationBuilder WithPeerRegions(this AkkaConfigurationBuilder akka) =>
        akka.WithActors((system, registry, resolver) => system.ActorOf(resolver.Props<PeerRegionsActor>(registry.Get<PodActor>()), "peer-regions"));
}

/// <summary>
/// Tells this node's shard region, again, that a region on a removed node is gone. A region keeps where each shard is until the one
/// there has terminated, which it watches. But a watch that begins just when the node is being removed can be lost: the coordinator
/// names the dead region until it has stored what it was storing, this region asks Akka's <c>RemoteWatcher</c> to watch it, and that
/// one, late with the news of the removal, drops the watch with the news. The region would go on sending to nobody for ever. To be
/// told once more does no harm: who does not watch it takes no notice. A thin shell: <see cref="PeerRegions"/> decides.
/// </summary>
internal sealed class PeerRegionsActor : UntypedActor, IWithTimers
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<string, UniqueAddress> _asked = [];
    private readonly IInternalActorRef _region;
    private PeerRegions _peers = PeerRegions.None;

    public PeerRegionsActor(IActorRef region) => _region = (IInternalActorRef)region;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

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
            case PeerInput input:
                Take(input);
                break;
            case ClusterEvent.MemberUp up when !up.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress):
                Take(new PeerInput.Joined(up.Member.UniqueAddress));
                break;
            case ClusterEvent.MemberUp:
                break;
            case ClusterEvent.MemberRemoved removed:
                _asked.Remove(NameOf(removed.Member.UniqueAddress));
                Take(new PeerInput.Removed(removed.Member.UniqueAddress));
                break;
            case ActorIdentity { Subject: { } region, MessageId: string name } when _asked.TryGetValue(name, out var member):
                Take(new PeerInput.Identified(member, region));
                break;
            // No region there yet, or the answer of one that was removed meanwhile.
            case ActorIdentity:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static string NameOf(UniqueAddress member) => $"{member.Address}#{member.Uid}";

    private void Take(PeerInput input)
    {
        var (peers, effects) = _peers.Handle(input);
        _peers = peers;
        foreach (var effect in effects) Perform(effect);
    }

    private void Perform(PeerEffect effect)
    {
        switch (effect)
        {
            case PeerEffect.Identify:
                _asked[NameOf(effect.Member)] = effect.Member;
                Context.ActorSelection(new RootActorPath(effect.Member.Address) / _region.Path.Elements).Tell(new Identify(NameOf(effect.Member)));
                break;
            case PeerEffect.TellGone gone:
                _region.SendSystemMessage(new DeathWatchNotification(gone.Region, existenceConfirmed: false, addressTerminated: true));
                break;
            case PeerEffect.Wait wait:
                Timers.StartSingleTimer(wait.Member, new PeerInput.Due(wait.Member), wait.Delay);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }
}
