using Akka.Actor;
using AkkaVault.Controller.Cluster.Downing;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Vault;
using AkkaVault.Controller.Vault.Renewal;

namespace AkkaVault.Controller.Hosting.Health;

/// <summary>Whether this controller can do its part.</summary>
/// <param name="trust">What it verifies Vault with.</param>
/// <param name="token">Its Vault token.</param>
/// <param name="metrics">Knows whether pods are watched.</param>
/// <param name="configuration">Says whether it is alone.</param>
/// <param name="system">Asked for its membership.</param>
internal sealed class Readiness(VaultTrust trust, ControllerToken token, ControllerMetrics metrics, ControllerConfiguration configuration, ActorSystem system)
{
    private volatile bool _linked;

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Problem => trust.Problem ?? token.Problem ?? (configuration.Cluster is null ? NotWatching : Membership.Problem(system) ?? NotLinked);

    // Only one member of a cluster watches; the others do their part by pushing, and by being there when it fails.
    private string? NotWatching => metrics.Watching ? null : "pods have not been listed yet";

    private string? NotLinked => IsLinked(Akka.Cluster.Cluster.Get(system)) ? null : "this controller has no link to every other one yet";

    // Once it has been ready, who joins later sees to its own links.
    private bool IsLinked(Akka.Cluster.Cluster cluster)
    {
        if (_linked) return true;
        var (known, others) = (ProcessStates.Of(system.EventStream), cluster.State.Members.Where(member => !member.UniqueAddress.Equals(cluster.SelfUniqueAddress)).ToList());
        // In a large cluster each listens to some of the others.
        return _linked = others.Count(member => known.IsLinked($"{member.Address}")) >= Math.Min(others.Count, cluster.Settings.MonitoredByNrOfMembers);
    }
}
