using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Controller.Cluster.Forming;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Observability.Management;

/// <summary><c>/bootstrap/seed-nodes</c>: what a starting controller asks.</summary>
/// <param name="system">The actor system.</param>
/// <param name="progress">How far its bootstrap is.</param>
public sealed class SeedNodeEndpoint(ActorSystem system, BootstrapProgress progress)
{
    private static readonly ImmutableHashSet<MemberStatus> Joinable = [MemberStatus.Joining, MemberStatus.WeaklyUp, MemberStatus.Up];

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <summary>The members that can be joined.</summary>
    public IResult All()
    {
        var self = _cluster.SelfMember.Status;
        // Nobody is to join through a node that leaves, nor to form a cluster while this one may.
        if (self is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var state = _cluster.State;
        var seeds = state.Members.Except(state.Unreachable).Where(member => Joinable.Contains(member.Status)).ToList();
        if (seeds.Count == 0 && progress.IsBusy) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        return Results.Json(
            new SeedNodesDocument(
                _cluster.SelfAddress.ToString(),
                [.. seeds.Select(member => new SeedNodeDocument(member.Address.ToString(), member.UniqueAddress.Uid, $"{member.Status}", [.. member.Roles]))]),
            ManagementJson.Answers.SeedNodesDocument);
    }
}
