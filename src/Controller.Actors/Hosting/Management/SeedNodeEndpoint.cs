using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Management.Cluster.Bootstrap.ContactPoint;
using AkkaVault.Controller.Cluster.Bootstrap;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>/bootstrap/seed-nodes</c>, which a starting controller requests; the answer is in Akka.Management's form.</summary>
internal sealed class SeedNodeEndpoint(ActorSystem system, LedgerClusterMembership cluster)
{
    // As Akka.Management does.
    private const int MaxSeeds = 5;

    private static readonly ImmutableHashSet<MemberStatus> Joinable = [MemberStatus.Joining, MemberStatus.WeaklyUp, MemberStatus.Up];

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    public IResult All()
    {
        var self = _cluster.SelfMember.Status;
        // No node may join through a node that leaves, or form a cluster while this one may be forming one.
        if (self is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var state = _cluster.State;
        var seeds = state.Members.Except(state.Unreachable).Where(member => Joinable.Contains(member.Status)).Take(MaxSeeds).ToList();
        if (seeds.Count == 0 && cluster.MayForm) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var answer = new HttpBootstrapJsonProtocol.SeedNodes(
            _cluster.SelfAddress,
            [.. seeds.Select(member => new HttpBootstrapJsonProtocol.ClusterMember(member.Address, member.UniqueAddress.Uid, member.Status, member.Roles))]);
        return Results.Text(JsonConvert.SerializeObject(answer), "application/json");
    }
}
