using System.Net;
using Akka;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Cluster;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Cluster.Discovery;
using AkkaVault.Controller.Cluster.Downing;
using AkkaVault.Controller.Cluster.Leases;
using AkkaVault.Controller.Cluster.LocalHealth;
using AkkaVault.Controller.Cluster.Reachability;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Controller.Cluster.Shutdown;
using AkkaVault.Controller.Cluster.Standalone;
using AkkaVault.Controller.Cluster.Tls;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Controller.Ledger.Storage;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Logging;
using AkkaVault.Controller.Runs;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller;

/// <summary>The actor system: a cluster of one node or more, pod actors sharded over it, and its one watcher.</summary>
public static class ControllerActors
{
    private const string SystemName = "kubernetes-vault";
    private const string RegionName = "pods";

    // Of those that move at once, all wait until the last one is stored elsewhere.
    private const int ShardsMovedAtOnce = 2;

    // The host's name is for people: in Kubernetes, the pod's. A restarted container has the same one, and is another.
    private static readonly string Holder = $"{Environment.MachineName}-{Guid.NewGuid():N}";

    /// <summary>Adds the actor system to the host.</summary>
    public static IServiceCollection AddControllerActors(this IServiceCollection services, ControllerConfiguration configuration)
    {
        if (configuration.Cluster is { Tls: { } tls } cluster)
        {
            RemotingTls.AddTo(services, tls, cluster.Address.Address, configuration.Kubernetes.Service);
            services.AddSingleton<IWatchedCertificate, RemotingCertificate>();
        }

        services.AddSingleton<Leadership>();
        services.AddSingleton<LedgerClusterMembership>();
        services.AddSingleton(provider => new ApiServerProbe(
            provider.GetRequiredService<ApiServer>(), configuration.Kubernetes.ServiceNamespace, configuration.Kubernetes.Service, provider.GetRequiredService<TimeProvider>()));
        return services.AddAkka(SystemName, (akka, provider) => akka
            .AddHocon(ClusterTimings.Hocon, HoconAddMode.Prepend)
            .AddHocon(RefusingSerializer.Hocon, HoconAddMode.Prepend)
            .AddHocon(AkkaStdoutLogger.Hocon, HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory(new AkkaLoggerFactory(provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>()));
            })
            .WithCustomSerializer("pods", [typeof(IWireMessage)], system => new WireSerializer(system))
            .WithLedger(configuration, provider)
            .WithRemoting(options =>
            {
                // Alone it talks to nobody: its remoting is not reachable from outside.
                var address = configuration.Cluster?.Address ?? new IPEndPoint(IPAddress.Loopback, 0);
                (options.HostName, options.Port) = (address.Address.ToString(), address.Port);
                provider.GetService<RemotingTls>()?.Apply(options);
            })
            .WithDowning(configuration)
            .WithPodRegion(provider)
            .WithSingleton<LeaderActor>("watcher", (_, registry, _) => LeaderProps(configuration, provider, registry.Get<PodActor>()), createProxyToo: false)
            .WithRenewals(configuration, provider)
            .WithActors((system, registry) => registry.Register<RunTrackerActor>(system.ActorOf(RunTrackerActor.Props(provider.GetRequiredService<RunTracker>()), RunTrackerActor.Name)))
            .WithActors((system, _) => system.ActorOf(
                Props.Create(() => new MembershipMetricsActor(provider.GetRequiredService<ControllerMetrics>())), "membership-metrics"))
            .WithActors((system, registry, _) => system.ActorOf(ShardMetricsActor.Props(registry.Get<PodActor>(), provider.GetRequiredService<ControllerMetrics>()), "shard-metrics"))
            .WithActors((system, registry, _) => system.ActorOf(PeerRegionsActor.Props(registry.Get<PodActor>()), "peer-regions"))
            .WithGracefulShutdown(provider)
#if PETABRIDGE_CMD
            .WithPetabridgeCmd()
#endif
            .WithMembership(configuration, provider));
    }

    private static AkkaConfigurationBuilder WithPodRegion(this AkkaConfigurationBuilder akka, IServiceProvider provider) => akka.StartActors(async (system, registry, _) =>
        registry.Register<PodActor>(await ClusterSharding.Get(system).StartAsync(
            RegionName,
            entity => PodMessageExtractor.IsOfShard(entity) ? ShardLocationActor.Props() : PodActor.Props(provider.GetRequiredService<PodActorServices>()),
            ClusterShardingSettings.Create(system), new PodMessageExtractor(), LeaderAvoidingAllocation.Least(system, ShardsMovedAtOnce), PodActor.Stop.Instance).ConfigureAwait(false)));

    private static AkkaConfigurationBuilder WithDowning(this AkkaConfigurationBuilder akka, ControllerConfiguration configuration) =>
        configuration.Cluster?.Downing is DowningStrategy.LeaseMajority
            ? akka.WithClustering(new ClusterOptions())
                .AddHocon(KubernetesLease.Hocon(configuration.Kubernetes.ServiceNamespace, configuration.Kubernetes.LeaseName), HoconAddMode.Prepend)
            : akka.WithClustering(new ClusterOptions { SplitBrainResolver = new KeepMajorityOption() });

    private static AkkaConfigurationBuilder WithRenewals(this AkkaConfigurationBuilder akka, ControllerConfiguration configuration, IServiceProvider provider)
    {
        if (configuration.Cluster is not { Tls: not null, Replicas: var replicas }) return akka.WithActors((system, _) => RenewalActors.Start(system, provider));
        var rotation = new RemotingRotationServices(
            provider.GetRequiredService<RemotingTls>(), replicas, provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RemotingRotationActor>>());
        return akka.WithActors((system, _) => system.ActorOf(RemotingRotationActor.Props(rotation), "remoting-rotation"));
    }

    private static AkkaConfigurationBuilder WithMembership(this AkkaConfigurationBuilder akka, ControllerConfiguration configuration, IServiceProvider provider)
    {
        if (configuration is not { Cluster: { } settings, Management: { } management })
        {
            var alone = new StandaloneCheckServices(
                new ServiceEndpoints(provider.GetRequiredService<ApiServer>()), configuration.Kubernetes.ServiceNamespace, configuration.Kubernetes.Service,
                provider.GetRequiredService<ControllerMetrics>(), provider.GetRequiredService<ILogger<StandaloneCheckActor>>());
            return akka
                .AddStartup((system, _) =>
                {
                    var cluster = Akka.Cluster.Cluster.Get(system);
                    cluster.Join(cluster.SelfAddress);
                })
                .WithActors((system, _) => system.ActorOf(StandaloneCheckActor.Props(alone), "neighbours"));
        }

        var (clock, ledgerCluster) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<LedgerClusterMembership>());
        HttpClient.DefaultProxy = new UnproxiedContactPoints(HttpClient.DefaultProxy);
        return akka
            .AddSetup(new BootstrapServicesSetup(new BootstrapServices(
                new FormationRules(settings.Replicas, settings.RequiredContactPoints), new LedgerMarkStore(Ledger(configuration, provider), Holder, () => ledgerCluster.Node), ledgerCluster,
                clock, provider.GetRequiredService<ILogger<BootstrapActor>>())))
            .AddHocon(BootstrapActor.Hocon(configuration.Kubernetes.Service, management.Address.Port, settings.RequiredContactPoints), HoconAddMode.Prepend)
            .AddHocon(KubernetesDiscovery.Hocon(configuration.Kubernetes.ServiceNamespace), HoconAddMode.Prepend)
            .AddHocon($"akka.cluster.failure-detector.implementation-class = \"{ProbingFailureDetector.ClassName}\"", HoconAddMode.Prepend)
            // One that is told, as soon as it wakes up, that it is out looks no more by itself.
            .AddStartup((system, _) => CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "last-look", () =>
            {
                LocalHealthMonitor.Of(system.EventStream).Observe();
                return Task.FromResult(Done.Instance);
            }))
            .WithActors((system, _) => system.ActorOf(ProcessProbeActor.Props(provider.GetRequiredService<ILogger<ProcessProbeActor>>()), "process-probe"))
            .WithActors((system, _) => system.ActorOf(ApiServerReachabilityActor.Props(provider.GetRequiredService<ApiServerProbe>()), ApiServerReachabilityActor.Name))
            .WithActors((system, _) => system.ActorOf(BootstrapActor.Props(), "bootstrap"));
    }

    private static AkkaConfigurationBuilder WithLedger(this AkkaConfigurationBuilder akka, ControllerConfiguration configuration, IServiceProvider provider)
    {
        if (configuration.Store == StateStore.None) return akka.WithNullLedger();
        if (configuration.Store == StateStore.Sqlite) return akka.WithSqliteLedger(configuration.DataDir);
        return akka.WithConfigMapLedger(WatcherActor.LedgerId, new LedgerWriterServices(
            Ledger(configuration, provider), Holder, provider.GetRequiredService<ControllerMetrics>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LedgerWriter>>(), configuration.Cluster is { Replicas: > 1 } ? provider.GetRequiredService<LedgerClusterMembership>() : null));
    }

    private static LedgerConfigMap Ledger(ControllerConfiguration configuration, IServiceProvider provider) => new(
        provider.GetRequiredService<ApiServer>(), configuration.Kubernetes.ServiceNamespace, configuration.Kubernetes.LedgerName, provider.GetRequiredService<TimeProvider>());

    // A singleton that stops is not started again by its supervisor: this one is, when its store or its feed failed.
    private static Props LeaderProps(ControllerConfiguration configuration, IServiceProvider provider, IActorRef podRegion)
    {
        var services = new WatcherServices(
            provider.GetRequiredService<IPodWatcher>(), podRegion, provider.GetRequiredService<IWatcherObserver>(), provider.GetRequiredService<ILedgerTracker>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<WatcherActor>>());
        var watcher = Akka.Pattern.BackoffSupervisor.Props(Akka.Pattern.Backoff.OnStop(
                WatcherActor.Props(services), "watcher", TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), 0.2, -1)
            .WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop)));
        var reach = configuration.Cluster is { Replicas: > 1 }
            ? LeaderReachabilityActor.Props(provider.GetRequiredService<ApiServerProbe>(), services.Clock, provider.GetRequiredService<ILogger<LeaderReachabilityActor>>())
            : null;
        return LeaderActor.Props(watcher, provider.GetRequiredService<Leadership>(), services.Clock, provider.GetRequiredService<ILogger<LeaderActor>>(), reach);
    }
}
