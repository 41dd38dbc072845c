using Akka.Actor;
using AkkaVault.Controller.Cluster.Downing;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Vault;
using AkkaVault.Controller.Vault.Renewal;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AkkaVault.Controller.Hosting.Health;

/// <summary>A check that is healthy, or says what is in the way.</summary>
internal abstract class ReadinessCheck : IHealthCheck
{
    /// <summary>What keeps this controller from doing its part; null: nothing does.</summary>
    protected abstract string? Problem { get; }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Problem is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy());
}

/// <summary>The CA certificates that Vault is verified with are there.</summary>
internal sealed class VaultTrustCheck(VaultTrust trust) : ReadinessCheck
{
    protected override string? Problem => trust.Problem;
}

/// <summary>The controller's own Vault token is good.</summary>
internal sealed class VaultTokenCheck(ControllerToken token) : ReadinessCheck
{
    protected override string? Problem => token.Problem;
}

/// <summary>A controller that is alone watches pods. Of a cluster only one member does; the others push, and are there when it fails.</summary>
internal sealed class WatchCheck(ControllerMetrics metrics) : ReadinessCheck
{
    protected override string? Problem => metrics.Watching ? null : "pods have not been listed yet";
}

/// <summary>This controller is a full member of the cluster.</summary>
internal sealed class MembershipCheck(ActorSystem system) : ReadinessCheck
{
    protected override string? Problem => Membership.Problem(system);
}

/// <summary>This controller has had a link to every other member. Members that join later see to their own links.</summary>
internal sealed class LinksCheck(ActorSystem system) : ReadinessCheck
{
    private volatile bool _wereLinked;

    protected override string? Problem => IsLinked() ? null : "this controller has no link to every other one yet";

    private bool IsLinked()
    {
        if (_wereLinked) return true;
        // What it has heard of before it is a member says nothing of the others.
        if (Membership.Problem(system) is not null) return false;
        var cluster = Akka.Cluster.Cluster.Get(system);
        var (processes, others) = (ProcessStates.Of(system.EventStream), cluster.State.Members.Where(member => !member.UniqueAddress.Equals(cluster.SelfUniqueAddress)).ToList());
        // In a large cluster each member sends heartbeats to some of the others only.
        return _wereLinked = others.Count(member => processes.IsLinked($"{member.Address}")) >= Math.Min(others.Count, cluster.Settings.MonitoredByNrOfMembers);
    }
}
