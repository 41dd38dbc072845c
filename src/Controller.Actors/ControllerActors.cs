using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.DependencyInjection;
using Akka.Hosting;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Cluster;
using AkkaVault.Controller.Cluster.Reachability;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
#if PETABRIDGE_CMD
using AkkaVault.Controller.Hosting.Management;
#endif
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Ledger.Storage;
using AkkaVault.Controller.Logging;
using AkkaVault.Controller.Members;
using AkkaVault.Controller.Runs;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller;

/// <summary>The actor system: a cluster of one node or more, pod actors sharded over it, and its one watcher.</summary>
internal static class ControllerActors
{
    private const string SystemName = "kubernetes-vault";

    public static IServiceCollection AddControllerActors(this IServiceCollection services, ControllerConfiguration configuration) => services
        .AddSingleton<Leadership>()
        .AddLedger()
        .AddControllerCluster(configuration)
        .AddAkka(SystemName, (akka, provider) => akka
            .WithHostLogging(provider)
            .WithLedger(configuration, provider)
            .WithControllerCluster(configuration, provider)
            .WithRenewals(configuration, provider)
            .WithWatcher(configuration)
            .WithRunTracker()
            .WithControllerStatus()
#if PETABRIDGE_CMD
            .WithPetabridgeCmd()
#endif
            .WithClusterMetrics());

    private static AkkaConfigurationBuilder WithHostLogging(this AkkaConfigurationBuilder akka, IServiceProvider provider) => akka
        .AddHocon(AkkaStdoutLogger.Hocon, HoconAddMode.Prepend)
        .ConfigureLoggers(loggers =>
        {
            loggers.ClearLoggers();
            loggers.AddLoggerFactory(new AkkaLoggerFactory(provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>()));
        });

    // With TLS between the controllers, RenewalsBeforeRemoting runs them: remoting cannot start without its certificate.
    private static AkkaConfigurationBuilder WithRenewals(this AkkaConfigurationBuilder akka, ControllerConfiguration configuration, IServiceProvider provider) =>
        configuration.Cluster?.Tls is not null ? akka : akka.WithActors((system, _) => RenewalActors.Start(system, provider));

    private static AkkaConfigurationBuilder WithWatcher(this AkkaConfigurationBuilder akka, ControllerConfiguration configuration) => akka
        .WithSingleton<LeaderActor>(
            "watcher", (_, registry, resolver) => LeaderProps(resolver, registry.Get<PodActor>(), configuration), createProxyToo: false);

    // Akka does not restart a singleton that stops, so a supervisor restarts the watcher when its store or its watch of pods has failed.
    private static Props LeaderProps(IDependencyResolver resolver, IActorRef podRegion, ControllerConfiguration configuration)
    {
        var services = ActivatorUtilities.CreateInstance<WatcherServices>(resolver.GetService<IServiceProvider>(), podRegion) with
        {
            Capacity = configuration.Store == StateStore.Kubernetes ? LedgerCapacity.OfConfigMap : null,
        };
        var watcher = Akka.Pattern.BackoffSupervisor.Props(Akka.Pattern.Backoff.OnStop(
                WatcherActor.Props(services),
                "watcher", TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), 0.2, -1)
            .WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Stop)));
        return LeaderActor.Props(
            watcher, resolver.GetService<Leadership>(), resolver.GetService<TimeProvider>(), resolver.GetService<ILogger<LeaderActor>>(),
            configuration.Cluster is { Replicas: > 1 } ? resolver.Props<LeaderReachabilityActor>() : null);
    }

    private static AkkaConfigurationBuilder WithRunTracker(this AkkaConfigurationBuilder akka) => akka
        .WithActors((system, registry, resolver) => registry.Register<RunTrackerActor>(system.ActorOf(resolver.Props<RunTrackerActor>(), RunTrackerActor.Name)));

    private static AkkaConfigurationBuilder WithControllerStatus(this AkkaConfigurationBuilder akka) => akka
        .WithActors((system, registry, resolver) => registry.Register<ControllerStatusActor>(system.ActorOf(resolver.Props<ControllerStatusActor>(), ControllerStatusActor.Name)));
}
