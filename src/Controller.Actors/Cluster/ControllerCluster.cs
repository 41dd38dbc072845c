using Akka.Hosting;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Cluster.Downing;
using AkkaVault.Controller.Cluster.Reachability;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Controller.Cluster.Shutdown;
using AkkaVault.Controller.Cluster.Standalone;
using AkkaVault.Controller.Cluster.Tls;
using AkkaVault.Controller.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Cluster;

/// <summary>The entry to this room: makes this controller a member of a cluster, of one node or of several.</summary>
internal static class ControllerCluster
{
    /// <summary>Adds what the cluster's actors and Akka's plugins ask the host for.</summary>
    public static IServiceCollection AddControllerCluster(this IServiceCollection services, ControllerConfiguration configuration)
    {
        services.AddBootstrap(configuration.Cluster).AddReachability();
        return configuration.Cluster is { Tls: { } tls, Address.Address: var address }
            ? services.AddRemotingTls(tls, address, configuration.Kubernetes.Service)
            : services;
    }

    /// <summary>Adds clustering, the shard region of the pod actors, and everything that lets this node join, go on and leave.</summary>
    public static AkkaConfigurationBuilder WithControllerCluster(this AkkaConfigurationBuilder akka, ControllerConfiguration configuration, IServiceProvider provider)
    {
        var (cluster, kubernetes) = (configuration.Cluster, configuration.Kubernetes);
        akka
            .AddHocon(ClusterTimings.Hocon, HoconAddMode.Prepend)
            .WithWireSerialization()
            .WithRemoting(cluster, provider)
            .WithDowning(cluster, kubernetes)
            .WithPodRegion(provider)
            .WithPeerRegions()
            .WithShardLocationCache()
            .WithGracefulShutdown(provider);
        return configuration is { Cluster: { } settings, Management: { } management }
            ? akka
                .WithReachability()
                .WithFailureDetection()
                .WithBootstrap(settings, management, kubernetes)
            : akka.AddHocon(ClusterTimings.Standalone, HoconAddMode.Prepend).WithStandaloneCheck();
    }
}
