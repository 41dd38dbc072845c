using Akka.Hosting;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;
using AkkaVault.Controller.Cluster.Discovery;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>How this node joins a cluster, or forms one.</summary>
internal static class BootstrapExtensions
{
    public static IServiceCollection AddBootstrap(this IServiceCollection services, ClusterSettings? cluster)
    {
        services.AddSingleton<LedgerClusterMembership>();
        if (cluster is null) return services;
        if (cluster.Replicas > 1) services.AddSingleton<ILedgerCluster>(provider => provider.GetRequiredService<LedgerClusterMembership>());
        return services.AddSingleton(new FormationRules(cluster.Replicas, cluster.RequiredContactPoints)).AddSingleton<BootstrapServices>();
    }

    /// <summary>Adds discovery by the Service and Akka.Management's bootstrap, with a join decider that claims the ledger before it forms a cluster.</summary>
    public static AkkaConfigurationBuilder WithBootstrap(this AkkaConfigurationBuilder akka, ClusterSettings cluster, ManagementSettings management, KubernetesSettings kubernetes)
    {
        HttpClient.DefaultProxy = new UnproxiedContactPoints(HttpClient.DefaultProxy);
        return akka
            .AddHocon(KubernetesDiscovery.Hocon(kubernetes.ServiceNamespace), HoconAddMode.Prepend)
            .AddHocon(BootstrapActor.Hocon(kubernetes.Service, management.Address.Port, cluster.RequiredContactPoints), HoconAddMode.Prepend)
            .WithActors((system, _, resolver) => system.ActorOf(resolver.Props<BootstrapActor>(), "bootstrap"));
    }
}
