using Akka.Actor;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Vault;

namespace AkkaVault.Controller.Observability;

/// <summary>Whether this controller can do its part.</summary>
/// <param name="trust">What it verifies Vault with.</param>
/// <param name="token">Its Vault token.</param>
/// <param name="metrics">Knows whether pods are watched.</param>
/// <param name="configuration">Says whether it is alone.</param>
/// <param name="system">Asked for its membership.</param>
public sealed class Readiness(VaultTrust trust, ControllerToken token, ControllerMetrics metrics, ControllerConfiguration configuration, ActorSystem system)
{
    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Problem => trust.Problem ?? token.Problem ?? (configuration.Cluster is null ? NotWatching : Membership.Problem(system));

    // Only one member of a cluster watches; the others do their part by pushing, and by being there when it fails.
    private string? NotWatching => metrics.Watching ? null : "pods have not been listed yet";
}
