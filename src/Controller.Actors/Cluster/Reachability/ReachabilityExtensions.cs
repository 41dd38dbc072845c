using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>Whether the controllers reach the API server.</summary>
internal static class ReachabilityExtensions
{
    public static IServiceCollection AddReachability(this IServiceCollection services) => services.AddSingleton<ApiServerProbe>();

    /// <summary>Answers the leader's question whether this node reaches the API server.</summary>
    public static AkkaConfigurationBuilder WithReachability(this AkkaConfigurationBuilder akka) => akka
        .WithActors((system, _, resolver) => system.ActorOf(resolver.Props<ApiServerReachabilityActor>(), ApiServerReachabilityActor.Name));
}
