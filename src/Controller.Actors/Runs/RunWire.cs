using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Runs;

/// <summary>Asks a node for its runs; answered with one <see cref="RunsPage"/> or more.</summary>
/// <param name="Namespace">The namespace of the pod that is asked about; null: all runs that are not over are asked for.</param>
/// <param name="Pod">The pod's name; null with <paramref name="Namespace"/>.</param>
/// <param name="Run">A run of the pod, which a leader's ledger may know by its hash only; null: none is known to who asks.</param>
internal sealed record GetRuns(string? Namespace, string? Pod, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RunId? Run = null) : IWireMessage
{
    /// <summary>The most runs of an answer.</summary>
    public const int MaxRuns = 1000;

    /// <summary>Asks for all runs that are not over.</summary>
    public static readonly GetRuns Unfinished = new(null, null);

    /// <summary>Asks for the runs of a pod; null: <paramref name="run"/> names no run.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="pod">Its name.</param>
    /// <param name="run">See <see cref="Run"/>, as documents name runs.</param>
    public static GetRuns? OfPod(string ns, string pod, string? run)
    {
        if (run is null) return new GetRuns(ns, pod);
        return RunId.Parse(run) is { } known ? new GetRuns(ns, pod, known) : null;
    }

    /// <summary>The answer, in parts.</summary>
    /// <param name="node">The node that answers.</param>
    /// <param name="view">The runs that it knows.</param>
    /// <param name="ledger">The leader's ledger, if the node has it.</param>
    public IEnumerable<RunsPage> Answer(string node, LocalRuns view, RunLedger? ledger)
    {
        var runs = (Namespace is null || Pod is null ? view.Summaries(ledger) : view.Summaries(ledger, Namespace, Pod, Run)).ToList();
        return RunsPage.Of(node, runs);
    }
}

/// <summary>A part of a node's answer, small enough for a frame of remoting.</summary>
/// <param name="Node">The node's address in the cluster.</param>
/// <param name="Runs">The runs of this part.</param>
/// <param name="Sent">How many runs all parts have.</param>
/// <param name="Known">How many runs the node knows; those beyond <paramref name="Sent"/> are not sent.</param>
internal sealed record RunsPage(string Node, [property: JsonPropertyName("lines")] ImmutableList<RunSummary> Runs, int Sent, int Known) : IWireMessage
{
    /// <summary>The most bytes of a part; Akka's frames have 128,000.</summary>
    public const int MaxBytes = 96_000;

    private const int BytesBesideTexts = 500;

    // JSON writes a character as \uXXXX at worst.
    private const int BytesOfCharacter = 6;

    /// <summary>The parts of an answer; one at least.</summary>
    /// <param name="node">The node that answers.</param>
    /// <param name="runs">All runs that it knows, the most important first.</param>
    public static IEnumerable<RunsPage> Of(string node, IReadOnlyCollection<RunSummary> runs)
    {
        var (sent, part, bytes) = (Math.Min(runs.Count, GetRuns.MaxRuns), ImmutableList.CreateBuilder<RunSummary>(), 0);
        foreach (var run in runs.Take(sent))
        {
            if (bytes + Bytes(run) > MaxBytes)
            {
                yield return new RunsPage(node, part.ToImmutable(), sent, runs.Count);
                part.Clear();
                bytes = 0;
            }

            part.Add(run);
            bytes += Bytes(run);
        }

        yield return new RunsPage(node, part.ToImmutable(), sent, runs.Count);
    }

    private static int Bytes(RunSummary run) => BytesBesideTexts + (BytesOfCharacter * (
        run.Run.Uid.Length + run.Run.Container.Length + run.Namespace.Length + run.Pod.Length + run.Role.Length + (run.LastError?.Length ?? 0) + (run.LastErrorCode?.Length ?? 0)));
}
