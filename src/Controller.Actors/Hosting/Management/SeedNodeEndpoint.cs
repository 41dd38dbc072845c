using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Management.Cluster.Bootstrap.ContactPoint;
using AkkaVault.Controller.Cluster.Bootstrap;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>/bootstrap/seed-nodes</c>: what a starting controller asks, answered as Akka.Management's own port does.</summary>
/// <param name="system">The actor system.</param>
/// <param name="cluster">Whether this node may be about to form a cluster.</param>
internal sealed class SeedNodeEndpoint(ActorSystem system, LedgerClusterMembership cluster)
{
    // As many as Akka.Management names.
    private const int MostSeeds = 5;

    private static readonly ImmutableHashSet<MemberStatus> Joinable = [MemberStatus.Joining, MemberStatus.WeaklyUp, MemberStatus.Up];

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <summary>The members that can be joined.</summary>
    public IResult All()
    {
        var self = _cluster.SelfMember.Status;
        // Nobody is to join through a node that leaves, nor to form a cluster while this one may.
        if (self is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var state = _cluster.State;
        var seeds = state.Members.Except(state.Unreachable).Where(member => Joinable.Contains(member.Status)).Take(MostSeeds).ToList();
        if (seeds.Count == 0 && cluster.MayForm) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var answer = new HttpBootstrapJsonProtocol.SeedNodes(
            _cluster.SelfAddress,
            [.. seeds.Select(member => new HttpBootstrapJsonProtocol.ClusterMember(member.Address, member.UniqueAddress.Uid, member.Status, member.Roles))]);
        return Results.Text(JsonConvert.SerializeObject(answer), "application/json");
    }
}
