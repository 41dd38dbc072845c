using Akka.Actor;
using Akka.Hosting;
using AkkaVault.Contracts;
using AkkaVault.Controller.Hosting.Health;
using AkkaVault.Controller.Runs;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>/pods</c> and <c>/pods/{namespace}/{name}</c>: the runs of the whole cluster, whichever node is asked.</summary>
/// <param name="system">The actor system.</param>
/// <param name="board">Gathers them.</param>
/// <param name="clock">This node's clock.</param>
public sealed class PodEndpoints(ActorSystem system, IRequiredActor<RunTrackerActor> board, TimeProvider clock)
{
    // The gatherer gives up earlier; this is for a node that stops meanwhile.
    private static readonly TimeSpan QueryTimeout = RunQueryActor.Timeout + TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <summary>All runs in hand, the one that has waited longest first.</summary>
    public async Task<IResult> PendingAsync(CancellationToken cancellation)
    {
        if (await GatherAsync(GetRuns.Pending, cancellation).ConfigureAwait(false) is not { } gathered) return NoCluster;
        var now = clock.GetUtcNow();
        return Results.Json(
            new PodsDocument(_cluster.SelfAddress.ToString(), [.. gathered.Runs.Select(run => DocumentOf(run, now))], gathered.Omitted, gathered.Unanswered),
            ManagementJson.Answers.PodsDocument);
    }

    /// <summary>What is known of a pod's runs, the newest first; 404 where nothing is.</summary>
    public async Task<IResult> OfPodAsync(string ns, string name, CancellationToken cancellation)
    {
        if (await GatherAsync(new GetRuns(ns, name), cancellation).ConfigureAwait(false) is not { } gathered) return NoCluster;
        return Results.Json(
            new PodDocument(ns, name, [.. gathered.Runs.Select(DocumentOf)], gathered.Omitted, gathered.Unanswered), ManagementJson.Answers.PodDocument,
            statusCode: gathered.Runs.IsEmpty ? StatusCodes.Status404NotFound : StatusCodes.Status200OK);
    }

    private IResult NoCluster => MessageAnswers.Message(StatusCodes.Status503ServiceUnavailable, Membership.Problem(_cluster.System) ?? "the other controllers' runs could not be gathered in time");

    private static PodRunDocument DocumentOf(ClusterRun run, DateTimeOffset now) => new(
        run.Summary.Namespace, run.Summary.Pod, run.Summary.Run.Uid, run.Summary.Run.ToString(), run.Summary.Role, Word(run.Summary.State), run.Summary.Attempts, run.Summary.LastError, run.Summary.LastErrorCode,
        run.Summary.SeenAt.UtcDateTime, Math.Round(Math.Max(0, (now - run.Summary.SeenAt).TotalSeconds), 1), run.Node);

    private static RunDocument DocumentOf(ClusterRun run) => new(
        run.Summary.Run.Uid, run.Summary.Run.ToString(), run.Summary.Role, Word(run.Summary.State), run.Summary.Attempts, run.Summary.LastError, run.Summary.LastErrorCode,
        run.Summary.SeenAt.UtcDateTime, run.Summary.EndedAt?.UtcDateTime, run.Summary.Outcome is { } outcome ? Word(outcome) : null, run.Node);

    private static string Word<T>(T value)
        where T : struct, Enum => $"{value}".ToLowerInvariant();

    private async Task<ClusterRuns?> GatherAsync(GetRuns question, CancellationToken cancellation)
    {
        if (_cluster.State.Members.IsEmpty) return null;
        try
        {
            return await board.ActorRef.Ask<ClusterRuns>(new QueryRuns(question), QueryTimeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
