using AkkaVault.Controller.Hosting.Health;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>
/// The management port: under Akka.Management's names what it has (<c>/bootstrap</c>, <c>/cluster</c>, <c>/ready</c>, <c>/alive</c>),
/// and <c>/pods</c>. Only says what is where.
/// </summary>
/// <param name="seeds">Which cluster can be joined.</param>
/// <param name="members">The cluster's members.</param>
/// <param name="shards">This node's shards.</param>
/// <param name="pods">The pods in hand.</param>
/// <param name="readiness">Whether this node is ready.</param>
internal sealed class ManagementEndpoints(SeedNodeEndpoint seeds, MemberEndpoints members, ShardEndpoints shards, PodEndpoints pods, Readiness readiness)
{
    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var answer = await RouteAsync(context).ConfigureAwait(false);
        await answer.ExecuteAsync(context).ConfigureAwait(false);
    }

    private Task<IResult> RouteAsync(HttpContext context) => (context.Request.Path.Value ?? "").TrimEnd('/').Split('/')[1..] switch
    {
        ["cluster", "members", _, ..] address => members.MemberAsync(context, string.Join('/', address[2..])),
        _ when !HttpMethods.IsGet(context.Request.Method) => MessageAnswers.NotAllowedAsync(context, HttpMethods.Get, $"{context.Request.Method} is not allowed here"),
        ["alive"] => Task.FromResult(Results.Text("ok")),
        ["ready"] => Task.FromResult(readiness.Problem is { } problem ? Results.Text(problem, statusCode: StatusCodes.Status503ServiceUnavailable) : Results.Text("ok")),
        ["bootstrap", "seed-nodes"] => Task.FromResult(seeds.All()),
        ["cluster", "members"] => Task.FromResult(members.All()),
        ["cluster", "shard-types" or "shards"] => Task.FromResult(shards.Types()),
        ["cluster", "shards", var type] => shards.OfTypeAsync(type, context.RequestAborted),
        ["pods"] => pods.PendingAsync(context.RequestAborted),
        ["pods", var ns, var name] => pods.OfPodAsync(ns, name, context.RequestAborted),
        _ => Task.FromResult(MessageAnswers.Message(StatusCodes.Status404NotFound, $"There is nothing at {context.Request.Path}")),
    };
}
