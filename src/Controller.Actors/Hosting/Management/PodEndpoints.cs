using Akka.Actor;
using Akka.Hosting;
using AkkaVault.Contracts;
using AkkaVault.Controller.Hosting.Health;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Members;
using AkkaVault.Controller.Runs;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>/pods</c> and <c>/pods/{namespace}/{name}</c>: the runs of the whole cluster, whichever node is asked.</summary>
internal sealed class PodEndpoints(ActorSystem system, IRequiredActor<RunTrackerActor> tracker, TimeProvider clock)
{
    // The query itself times out earlier; this is for a node that stops meanwhile.
    private static readonly TimeSpan QueryTimeout = MemberQuery.Timeout + TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <summary>All pending runs, the one that has waited longest first.</summary>
    public async Task<IResult> PendingAsync(CancellationToken cancellation) =>
        await DocumentAsync(cancellation).ConfigureAwait(false) is { } document ? Results.Json(document, ManagementJson.Answers.PodsDocument) : NoCluster;

    /// <summary>What is known of a pod's runs, the newest first; 404 where nothing is.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="run">A run of it, as documents name runs, if who asks knows one.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IResult> OfPodAsync(string ns, string name, string? run, CancellationToken cancellation)
    {
        if (GetRuns.OfPod(ns, name, run) is not { } question) return MessageAnswers.Message(StatusCodes.Status400BadRequest, "run: expected UID/CONTAINER");
        if (await QueryAsync(question, cancellation).ConfigureAwait(false) is not { } found) return NoCluster;
        var now = clock.GetUtcNow();
        return Results.Json(
            new PodDocument(ns, name, [.. found.Runs.Select(one => RunDocumentOf(one, now))], found.Omitted, found.Unanswered), ManagementJson.Answers.PodDocument,
            statusCode: found.Runs.IsEmpty ? StatusCodes.Status404NotFound : StatusCodes.Status200OK);
    }

    private IResult NoCluster => MessageAnswers.Message(StatusCodes.Status503ServiceUnavailable, Membership.Problem(_cluster.System) ?? "the other controllers' runs could not be gathered in time");

    /// <summary>All pending runs as the document of one moment; null: they could not be gathered.</summary>
    public async Task<PodsDocument?> DocumentAsync(CancellationToken cancellation)
    {
        if (await QueryAsync(GetRuns.Unfinished, cancellation).ConfigureAwait(false) is not { } found) return null;
        var now = clock.GetUtcNow();
        return new PodsDocument(_cluster.SelfAddress.ToString(), [.. found.Runs.Select(run => DocumentOf(run, now))], found.Omitted, found.Unanswered);
    }

    private static PodRunDocument DocumentOf(ClusterRun run, DateTimeOffset now) => new(
        run.Summary.Namespace, run.Summary.Pod, run.Summary.Run.Uid, run.Summary.Run.ToString(), run.Summary.Role, Word(run.Summary.State), run.Summary.Attempts, run.Summary.LastError, run.Summary.LastErrorCode,
        run.Summary.SeenAt.UtcDateTime, Math.Round(Math.Max(0, (now - run.Summary.SeenAt).TotalSeconds), 1), run.Node, run.Summary.IsRedelivery);

    /// <summary>A run of a pod's history.</summary>
    /// <param name="run">The run.</param>
    /// <param name="now">This node's clock.</param>
    public static RunDocument RunDocumentOf(ClusterRun run, DateTimeOffset now) => new(
        run.Summary.Run.Uid, run.Summary.Run.ToString(), run.Summary.Role, Word(run.Summary.State), run.Summary.Attempts, run.Summary.LastError, run.Summary.LastErrorCode,
        run.Summary.SeenAt.UtcDateTime, run.Summary.EndedAt?.UtcDateTime, run.Summary.Outcome is { } outcome ? Word(outcome) : null, run.Node,
        run.Summary.IsRedelivery, run.Summary.NextDeliveryAt?.UtcDateTime, IsOverdue(run.Summary, now));

    private static bool IsOverdue(RunSummary run, DateTimeOffset now) =>
        (run.Outcome is null && run.IsRedelivery ? run.SeenAt : run.NextDeliveryAt) is { } due && due + RedeliveryRules.OverdueAfter <= now;

    private static string Word<T>(T value)
        where T : struct, Enum => $"{value}".ToLowerInvariant();

    private async Task<ClusterRuns?> QueryAsync(GetRuns question, CancellationToken cancellation)
    {
        if (_cluster.State.Members.IsEmpty) return null;
        try
        {
            return await tracker.ActorRef.Ask<ClusterRuns>(new QueryRuns(question), QueryTimeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
