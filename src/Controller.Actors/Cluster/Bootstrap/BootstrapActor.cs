using Akka.Actor;
using Akka.Cluster;
using Akka.Discovery;
using Akka.Event;
using Akka.Management.Cluster.Bootstrap;
using Akka.Management.Cluster.Bootstrap.Internal;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>
/// Makes this node join or form a cluster, with Akka.Management's coordinator. A coordinator stops as soon as it has requested a join, so
/// this actor starts another one when the join does not succeed. Akka.Management's own extension starts only one.
/// </summary>
internal sealed class BootstrapActor : ReceiveActor, IWithTimers
{
    /// <summary>The name of the management port in the service.</summary>
    public const string PortName = "management";

    private static readonly TimeSpan LookupInterval = TimeSpan.FromSeconds(10);

    private readonly BootstrapServices _services;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ServiceDiscovery _discovery = Akka.Discovery.Discovery.Get(Context.System).Default;
    private readonly ClusterBootstrapSettings _settings;
    private IActorRef? _coordinator;
    private bool _isMember;
    private bool _yields;

    public BootstrapActor(BootstrapServices services)
    {
        _services = services;
        Context.System.Settings.InjectTopLevelFallback(ClusterBootstrap.DefaultConfiguration());
        _settings = ClusterBootstrapSettings.Create(Context.System.Settings.Config, Context.GetLogger());
        Receive<ClusterEvent.IMemberEvent>(HandleMemberEvent);
        Receive<Terminated>(_ =>
        {
            if (!_isMember) Timers.StartSingleTimer(typeof(JoinOverdue), new JoinOverdue(), _services.Rules.JoinTimeout);
        });
        Receive<JoinOverdue>(_ =>
        {
            if (_isMember) return;
            _services.Log.Forming("no cluster has accepted this node; starting again");
            StartCoordinator();
        });
        // For the metrics only: the lookup itself counts the addresses, and logs its failure.
        Receive<LookupDue>(_ => _discovery.Lookup(_settings.ContactPointDiscovery.EffectiveName(Context.System), LookupInterval / 2)
            .PipeTo(Self, failure: _ => new ServiceDiscovery.Resolved("")));
        Receive<ServiceDiscovery.Resolved>(_ => Timers.StartSingleTimer(typeof(LookupDue), new LookupDue(), LookupInterval));
        Receive<YieldTo>(to =>
        {
            if (_yields) return;
            _yields = true;
            _services.Log.GivesWay(to.Owner);
            foreach (var member in _cluster.State.Members) _cluster.Leave(member.Address);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Akka.Management's settings; with its defaults a cluster is formed 6 s later.</summary>
    public static string Hocon(string service, int managementPort, int required) => $$"""
        akka.management.cluster.bootstrap {
          join-decider.class = "{{typeof(FencedJoinDecider).FullName}}, {{typeof(FencedJoinDecider).Assembly.GetName().Name}}"
          contact-point-discovery {
            service-name = "{{service}}"
            port-name = {{PortName}}
            required-contact-point-nr = {{required}}
            interval = 400ms
            exponential-backoff-max = 1s
            resolve-timeout = 1200ms
          }
          contact-point {
            fallback-port = {{managementPort}}
            probe-interval = 200ms
            probing-failure-timeout = 2s
          }
        }
        """;

    private sealed record JoinOverdue;
    private sealed record LookupDue;
    private sealed record YieldTo(string Owner);

    protected override void PreStart()
    {
        var self = Self;
        _services.Cluster.Begin(_cluster.SelfUniqueAddress, owner => self.Tell(new YieldTo(owner)));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        // A single replica forms its cluster at once.
        if (_services.Rules.Replicas == 1) _cluster.Join(_cluster.SelfAddress);
        else StartCoordinator();
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    // A coordinator that is restarted does not continue; one that is stopped is replaced by another.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void StartCoordinator()
    {
        var decider = (IJoinDecider)Activator.CreateInstance(Type.GetType(_settings.JoinDecider.ImplClass, throwOnError: true)!, Context.System, _settings)!;
        _coordinator = Context.ActorOf(BootstrapCoordinator.Props(_discovery, decider, _settings));
        Context.Watch(_coordinator);
        // The coordinator uses nothing but the scheme of this contact point.
        _coordinator.Tell(new BootstrapCoordinator.Protocol.InitiateBootstrapping(new UriBuilder(Uri.UriSchemeHttp, _cluster.SelfAddress.Host).Uri));
    }

    private void HandleMemberEvent(ClusterEvent.IMemberEvent happened)
    {
        var node = happened.Member.UniqueAddress;
        if (happened is ClusterEvent.MemberRemoved) _services.Cluster.Removed(node);
        else _services.Cluster.Joined(node);
        if (_isMember || !node.Equals(_cluster.SelfUniqueAddress)) return;
        _isMember = true;
        _services.Cluster.MayForm = false;
        if (_coordinator is not null) Context.Stop(_coordinator);
        Self.Tell(new LookupDue());
    }
}
