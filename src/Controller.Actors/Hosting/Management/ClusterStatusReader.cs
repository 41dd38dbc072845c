using Akka.Actor;
using Akka.Hosting;
using AkkaVault.Contracts;
using AkkaVault.Controller.Hosting.Health;
using AkkaVault.Controller.Members;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>Where the document of <c>/status</c> comes from.</summary>
internal interface IClusterStatusReader
{
    /// <summary>The document of now.</summary>
    Task<ClusterStatusDocument> ReadAsync(CancellationToken cancellation);
}

/// <summary>Asks all members, and puts their answers together.</summary>
internal sealed class ClusterStatusReader(
    IRequiredActor<ControllerStatusActor> asker, MemberEndpoints members, PodEndpoints pods, HealthCheckService checks, TimeProvider clock) : IClusterStatusReader
{
    // The query itself times out earlier; this is for a node that stops meanwhile.
    private static readonly TimeSpan QueryTimeout = MemberQuery.Timeout + TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<ClusterStatusDocument> ReadAsync(CancellationToken cancellation)
    {
        var waiting = pods.DocumentAsync(cancellation);
        var statuses = StatusesAsync(cancellation);
        var problem = await checks.ReadinessProblemAsync(cancellation).ConfigureAwait(false);
        var (found, said) = (await waiting.ConfigureAwait(false), await statuses.ConfigureAwait(false));
        return ClusterStatus.Document(members.Document(), found, said, problem, clock.GetUtcNow());
    }

    private async Task<ControllerStatuses> StatusesAsync(CancellationToken cancellation)
    {
        var nodes = members.Document().Members.Select(member => member.Node).ToList();
        if (nodes.Count == 0) return ControllerStatuses.Of([]);
        try
        {
            return await asker.ActorRef.Ask<ControllerStatuses>(QueryMembers.Instance, QueryTimeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return ControllerStatuses.Of(nodes);
        }
    }
}
