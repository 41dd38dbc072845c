using Akka.Actor;
using Akka.Hosting;
using AkkaVault.Controller.Pods.Runs;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Observability.Management;

/// <summary><c>/pods</c> and <c>/pods/{namespace}/{name}</c>: the runs of the whole cluster, whichever node is asked.</summary>
/// <param name="system">The actor system.</param>
/// <param name="board">Gathers them.</param>
/// <param name="clock">This node's clock.</param>
public sealed class PodEndpoints(ActorSystem system, IRequiredActor<RunBoardActor> board, TimeProvider clock)
{
    // The gatherer gives up earlier; this is for a node that stops meanwhile.
    private static readonly TimeSpan Patience = RunGatherer.Patience + TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <summary>All runs in hand, the one that has waited longest first.</summary>
    public async Task<IResult> InHandAsync(CancellationToken cancellation)
    {
        if (await GatherAsync(AskRuns.InHand, cancellation).ConfigureAwait(false) is not { } gathered) return NoCluster;
        var now = clock.GetUtcNow();
        return Results.Json(
            new PodsDocument(_cluster.SelfAddress.ToString(), [.. gathered.Runs.Select(run => DocumentOf(run, now))], gathered.Omitted, gathered.Unanswered),
            ManagementJson.Answers.PodsDocument);
    }

    /// <summary>What is known of a pod's runs, the newest first; 404 where nothing is.</summary>
    public async Task<IResult> OfPodAsync(string ns, string name, CancellationToken cancellation)
    {
        if (await GatherAsync(new AskRuns(ns, name), cancellation).ConfigureAwait(false) is not { } gathered) return NoCluster;
        return Results.Json(
            new PodDocument(ns, name, [.. gathered.Runs.Select(DocumentOf)], gathered.Omitted, gathered.Unanswered), ManagementJson.Answers.PodDocument,
            statusCode: gathered.Runs.IsEmpty ? StatusCodes.Status404NotFound : StatusCodes.Status200OK);
    }

    private IResult NoCluster => Answers.Message(StatusCodes.Status503ServiceUnavailable, Membership.Problem(_cluster.System) ?? "the other controllers' runs could not be gathered in time");

    private static PodRunDocument DocumentOf(GatheredRun run, DateTimeOffset now) => new(
        run.Line.Namespace, run.Line.Pod, run.Line.Run.Uid, run.Line.Run.ToString(), run.Line.Role, Word(run.Line.State), run.Line.Attempts, run.Line.LastError, run.Line.LastErrorCode,
        run.Line.SeenAt.UtcDateTime, Math.Round(Math.Max(0, (now - run.Line.SeenAt).TotalSeconds), 1), run.Node);

    private static RunDocument DocumentOf(GatheredRun run) => new(
        run.Line.Run.Uid, run.Line.Run.ToString(), run.Line.Role, Word(run.Line.State), run.Line.Attempts, run.Line.LastError, run.Line.LastErrorCode,
        run.Line.SeenAt.UtcDateTime, run.Line.EndedAt?.UtcDateTime, run.Line.Outcome is { } outcome ? Word(outcome) : null, run.Node);

    private static string Word<T>(T value)
        where T : struct, Enum => $"{value}".ToLowerInvariant();

    private async Task<GatheredRuns?> GatherAsync(AskRuns question, CancellationToken cancellation)
    {
        if (_cluster.State.Members.IsEmpty) return null;
        try
        {
            return await board.ActorRef.Ask<GatheredRuns>(new GatherRuns(question), Patience, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
