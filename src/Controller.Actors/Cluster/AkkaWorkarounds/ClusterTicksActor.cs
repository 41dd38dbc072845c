using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Akka.Remote;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

internal static class ClusterTicksExtensions
{
    /// <summary>Has this node gossip often while its cluster changes.</summary>
    public static AkkaConfigurationBuilder WithClusterTicks(this AkkaConfigurationBuilder akka) =>
        akka.WithActors((system, registry, resolver) => system.ActorOf(resolver.Props<ClusterTicksActor>(registry.Get<PodActor>()), "cluster-ticks"));
}

/// <summary>
/// Sends Akka's cluster daemon and this node's shard region what their own timers send them, but more often, while the cluster changes. Akka has one interval for all times
/// (<c>gossip-interval</c> and others): a short one costs processor time for ever, a long one makes each change slow. Akka itself gossips more often only while fewer than half of the members
/// have seen a change (akka/akka-core#1763), rounded down: with up to three members, never. <see cref="ClusterChanges"/> decides.
/// </summary>
internal sealed class ClusterTicksActor : ReceiveActor, IWithTimers
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ActorSelection _daemon = Context.ActorSelection("/system/cluster/core/daemon");
    private readonly IActorRef _region;
    private readonly TimeProvider _clock;
    private ClusterChanges _changes;

    public ClusterTicksActor(IActorRef region, TimeProvider clock)
    {
        (_region, _clock) = (region, clock);
        // The first change: this node starts.
        _changes = new ClusterChanges(Now);
        Receive<TickDue>(_ => Tick());
        Receive<ClusterEvent.IClusterDomainEvent>(_ => Change());
        Receive<AssociationEvent>(_ => Change());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    // A clock that only goes forward, whatever happens to the time of day.
    private TimeSpan Now => _clock.GetElapsedTime(0);

    private sealed record TickDue;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        Change();
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    private void Change()
    {
        _changes = new ClusterChanges(Now);
        if (Timers.IsTimerActive(typeof(TickDue))) return;
        Timers.StartPeriodicTimer(typeof(TickDue), new TickDue(), Interval);
        Tick();
    }

    private void Tick()
    {
        foreach (var tick in ClusterTicks.ToDaemon) _daemon.Tell(tick);
        _region.Tell(ClusterTicks.ToRegion);
        var cluster = _cluster.State;
        if (_changes.AreOver(Now, cluster.Members.Select(member => member.Status), cluster.Unreachable.Count)) Timers.Cancel(typeof(TickDue));
    }
}
