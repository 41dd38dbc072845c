using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Controller.Cluster.Forming;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Observability;

/// <summary>
/// The management port, read-only, under Akka.Management's names: <c>/bootstrap/seed-nodes</c>, <c>/cluster/members</c>,
/// <c>/ready</c> and <c>/alive</c>.
/// </summary>
/// <param name="system">The actor system.</param>
/// <param name="progress">How far its bootstrap is.</param>
/// <param name="readiness">Whether it is ready.</param>
public sealed class ManagementEndpoints(ActorSystem system, BootstrapProgress progress, Readiness readiness)
{
    private static readonly ImmutableHashSet<MemberStatus> Joinable = [MemberStatus.Joining, MemberStatus.WeaklyUp, MemberStatus.Up];

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <summary>Answers a request.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method)) return Results.StatusCode(StatusCodes.Status405MethodNotAllowed).ExecuteAsync(context);
        var answer = context.Request.Path.Value switch
        {
            "/alive" => Results.Text("ok"),
            "/ready" => readiness.Problem is { } problem ? Results.Text(problem, statusCode: StatusCodes.Status503ServiceUnavailable) : Results.Text("ok"),
            "/bootstrap/seed-nodes" => SeedNodes(),
            "/cluster/members" => Results.Json(Members(), ManagementJson.Default.MembersDocument),
            _ => Results.NotFound(),
        };
        return answer.ExecuteAsync(context);
    }

    private IResult SeedNodes()
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
            ManagementJson.Default.SeedNodesDocument);
    }

    private MembersDocument Members()
    {
        var state = _cluster.State;
        var byAge = state.Members.OrderBy(member => member, Member.AgeOrdering).ToList();
        return new MembersDocument(
            _cluster.SelfAddress.ToString(),
            state.Leader?.ToString(),
            byAge.FirstOrDefault(IsUp)?.Address.ToString(),
            byAge.Where(IsUp).SelectMany(member => member.Roles, (member, role) => (member, role)).DistinctBy(pair => pair.role)
                .ToImmutableSortedDictionary(pair => pair.role, pair => pair.member.Address.ToString()),
            [.. state.Unreachable.Select(member => new UnreachableDocument(member.Address.ToString(), []))],
            [.. state.Members.Select(member => new MemberDocument(member.Address.ToString(), $"{member.UniqueAddress.Uid}", $"{member.Status}", [.. member.Roles]))]);
    }

    private static bool IsUp(Member member) => member.Status is MemberStatus.Up or MemberStatus.Leaving;
}
