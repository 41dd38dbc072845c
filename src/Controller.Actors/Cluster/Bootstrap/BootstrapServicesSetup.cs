using Akka.Actor;
using Akka.Actor.Setup;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>What a controller comes into the cluster with.</summary>
/// <param name="Rules">When a cluster may be formed.</param>
/// <param name="Ledger">What must be claimed first.</param>
/// <param name="Cluster">Who is in this node's cluster.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">Where a person is told.</param>
public sealed record BootstrapServices(FormationRules Rules, LedgerMarkStore Ledger, LedgerClusterMembership Cluster, TimeProvider Clock, ILogger<BootstrapActor> Log);

/// <summary>Gives them to what Akka.Management makes, which gets to know no more than the actor system.</summary>
/// <param name="services">What is given.</param>
public sealed class BootstrapServicesSetup(BootstrapServices services) : Setup
{
    /// <summary>An actor system's.</summary>
    /// <exception cref="InvalidOperationException">It was started without.</exception>
    public static BootstrapServices Of(ActorSystem system) => system.Settings.Setup.Get<BootstrapServicesSetup>() is { HasValue: true } setup
        ? setup.Value._services
        : throw new InvalidOperationException($"{system.Name} was started without a {nameof(BootstrapServicesSetup)}");

    private readonly BootstrapServices _services = services;
}
