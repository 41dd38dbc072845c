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
/// Notifies this node's shard region, again, that the region of a removed node is gone. A region remembers where a shard is until the
/// region there terminates, which it watches. But a watch that begins just when the node is removed can be lost: the coordinator names
/// the dead region until it has stored its state, this region has Akka's <c>RemoteWatcher</c> watch it, and the <c>RemoteWatcher</c>,
/// which hears of the removal late, then drops the watch. This region would send to the dead one for ever. A second notification does
/// no harm: an actor that does not watch the dead region ignores it. <see cref="PeerRegions"/> decides.
/// </summary>
internal sealed class PeerRegionsActor : ReceiveActor, IWithTimers
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<string, UniqueAddress> _asked = [];
    private readonly IInternalActorRef _region;
    private PeerRegions _peers = PeerRegions.None;

    public PeerRegionsActor(IActorRef region)
    {
        _region = (IInternalActorRef)region;
        Receive<PeerInput>(Handle);
        Receive<ClusterEvent.MemberUp>(up => { if (!up.Member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)) Handle(new PeerInput.Joined(up.Member.UniqueAddress)); });
        Receive<ClusterEvent.MemberRemoved>(removed =>
        {
            _asked.Remove(NameOf(removed.Member.UniqueAddress));
            Handle(new PeerInput.Removed(removed.Member.UniqueAddress));
        });
        Receive<ActorIdentity>(identity =>
        {
            // Otherwise the node has no region yet, or was removed meanwhile.
            if (identity is { Subject: { } peer, MessageId: string name } && _asked.TryGetValue(name, out var member)) Handle(new PeerInput.Identified(member, peer));
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private static string NameOf(UniqueAddress member) => $"{member.Address}#{member.Uid}";

    private void Handle(PeerInput input)
    {
        (_peers, var effects) = _peers.Handle(input);
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
            case PeerEffect.NotifyGone gone:
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
