using Akka.Actor;
using Akka.DependencyInjection;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>What <see cref="BootstrapActor"/> and <see cref="FencedJoinDecider"/> work with.</summary>
internal sealed record BootstrapServices(FormationRules Rules, LedgerMarkStore Ledger, LedgerClusterMembership Cluster, TimeProvider Clock, ILogger<BootstrapActor> Log)
{
    /// <summary>The host's, for what Akka.Management makes: it is given no more than the actor system.</summary>
    public static BootstrapServices Of(ActorSystem system) => DependencyResolver.For(system).Resolver.GetService<BootstrapServices>();
}
