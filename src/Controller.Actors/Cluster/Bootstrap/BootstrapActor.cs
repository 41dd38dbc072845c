using Akka.Actor;
using Akka.Cluster;
using Akka.Discovery;
using Akka.Event;
using Akka.Management.Cluster.Bootstrap;
using Akka.Management.Cluster.Bootstrap.Internal;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>
/// Brings this node into the cluster by Akka.Management's coordinator, which ends as soon as a join is asked for: another one is
/// started when nothing came of it. Akka.Management's own extension starts one only once.
/// </summary>
internal sealed class BootstrapActor : UntypedActor, IWithTimers
{
    /// <summary>The name of the management port in the service.</summary>
    public const string PortName = "management";

    private static readonly TimeSpan LookupInterval = TimeSpan.FromSeconds(10);

    private readonly BootstrapServices _services;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ServiceDiscovery _discovery = Akka.Discovery.Discovery.Get(Context.System).Default;
    private readonly ClusterBootstrapSettings _settings;
    private IActorRef? _coordinator;
    private bool _member;
    private bool _givesWay;

    public BootstrapActor(BootstrapServices services)
    {
        _services = services;
        Context.System.Settings.InjectTopLevelFallback(ClusterBootstrap.DefaultConfiguration());
        _settings = ClusterBootstrapSettings.Create(Context.System.Settings.Config, Context.GetLogger());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Akka.Management's settings. Its defaults take 6 s longer.</summary>
    /// <param name="service">The controllers' headless service.</param>
    /// <param name="managementPort">Where they answer, if the service does not say.</param>
    /// <param name="required">How many must answer.</param>
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

    private sealed record YieldTo(string Holder);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var self = Self;
        _services.Cluster.Begin(_cluster.SelfUniqueAddress, holder => self.Tell(new YieldTo(holder)));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        // One that is alone forms its cluster at once.
        if (_services.Rules.Replicas == 1) _cluster.Join(_cluster.SelfAddress);
        else LookAround();
    }

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <inheritdoc/>
    // A coordinator that is restarted does not know that it has begun; one that is stopped is followed by another.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.IMemberEvent happened:
                Note(happened);
                break;
            case Terminated when !_member:
                Timers.StartSingleTimer(typeof(JoinOverdue), new JoinOverdue(), _services.Rules.JoinTimeout);
                break;
            case Terminated:
                break;
            case JoinOverdue when !_member:
                _services.Log.Forming("no cluster let this node in; looking around again");
                LookAround();
                break;
            case JoinOverdue:
                break;
            case LookupDue:
                // For the metrics; that it failed is said where it is done.
                _discovery.Lookup(_settings.ContactPointDiscovery.EffectiveName(Context.System), LookupInterval / 2).PipeTo(Self, failure: _ => new ServiceDiscovery.Resolved(""));
                break;
            case ServiceDiscovery.Resolved:
                Timers.StartSingleTimer(typeof(LookupDue), new LookupDue(), LookupInterval);
                break;
            case YieldTo to when !_givesWay:
                _givesWay = true;
                _services.Log.GivesWay(to.Holder);
                foreach (var member in _cluster.State.Members) _cluster.Leave(member.Address);
                break;
            case YieldTo:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void LookAround()
    {
        var decider = (IJoinDecider)Activator.CreateInstance(Type.GetType(_settings.JoinDecider.ImplClass, throwOnError: true)!, Context.System, _settings)!;
        _coordinator = Context.ActorOf(BootstrapCoordinator.Props(_discovery, decider, _settings));
        Context.Watch(_coordinator);
        // Of the contact point only the scheme counts.
        _coordinator.Tell(new BootstrapCoordinator.Protocol.InitiateBootstrapping(new UriBuilder(Uri.UriSchemeHttp, _cluster.SelfAddress.Host).Uri));
    }

    private void Note(ClusterEvent.IMemberEvent happened)
    {
        var node = happened.Member.UniqueAddress;
        if (happened is ClusterEvent.MemberRemoved) _services.Cluster.Removed(node);
        else _services.Cluster.Joined(node);
        if (_member || !node.Equals(_cluster.SelfUniqueAddress)) return;
        _member = true;
        _services.Cluster.MayForm = false;
        if (_coordinator is not null) Context.Stop(_coordinator);
        Self.Tell(new LookupDue());
    }
}
