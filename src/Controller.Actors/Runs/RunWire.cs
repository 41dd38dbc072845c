using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Runs;

/// <summary>To the board of a node: which runs have you? Answered with one <see cref="RunsPage"/> or more.</summary>
/// <param name="Namespace">The namespace of the pod that is asked about; null: all runs in hand are.</param>
/// <param name="Pod">The pod's name; null with <paramref name="Namespace"/>.</param>
public sealed record GetRuns(string? Namespace, string? Pod) : IWireMessage
{
    /// <summary>The most runs of an answer.</summary>
    public const int MaxRuns = 1000;

    /// <summary>All runs in hand.</summary>
    public static readonly GetRuns Pending = new(null, null);

    /// <summary>The answer, in parts.</summary>
    /// <param name="node">Who answers.</param>
    /// <param name="view">What it knows.</param>
    /// <param name="ledger">The leader's ledger, where it has it.</param>
    public IEnumerable<RunsPage> Answer(string node, LocalRuns view, RunLedger? ledger)
    {
        var lines = (Namespace is null || Pod is null ? view.Lines(ledger) : view.Lines(ledger, Namespace, Pod)).ToList();
        return RunsPage.Of(node, lines);
    }
}

/// <summary>A part of a node's answer, small enough for a frame of remoting.</summary>
/// <param name="Node">The node's address in the cluster.</param>
/// <param name="Runs">The runs of this part.</param>
/// <param name="Sent">How many runs all parts have.</param>
/// <param name="Known">How many runs the node knows; those beyond <paramref name="Sent"/> are not sent.</param>
public sealed record RunsPage(string Node, [property: JsonPropertyName("lines")] ImmutableList<RunSummary> Runs, int Sent, int Known) : IWireMessage
{
    /// <summary>The most bytes of a part; Akka's frames have 128,000.</summary>
    public const int MaxBytes = 96_000;

    private const int BytesBesideTexts = 400;

    // JSON writes a character as \uXXXX at worst.
    private const int BytesOfCharacter = 6;

    /// <summary>The parts of an answer; one at least.</summary>
    /// <param name="node">Who answers.</param>
    /// <param name="lines">All it knows, the most important first.</param>
    public static IEnumerable<RunsPage> Of(string node, IReadOnlyCollection<RunSummary> lines)
    {
        var (sent, part, bytes) = (Math.Min(lines.Count, GetRuns.MaxRuns), ImmutableList.CreateBuilder<RunSummary>(), 0);
        foreach (var line in lines.Take(sent))
        {
            if (bytes + Bytes(line) > MaxBytes)
            {
                yield return new RunsPage(node, part.ToImmutable(), sent, lines.Count);
                part.Clear();
                bytes = 0;
            }

            part.Add(line);
            bytes += Bytes(line);
        }

        yield return new RunsPage(node, part.ToImmutable(), sent, lines.Count);
    }

    private static int Bytes(RunSummary line) => BytesBesideTexts + (BytesOfCharacter * (
        line.Run.Uid.Length + line.Run.Container.Length + line.Namespace.Length + line.Pod.Length + line.Role.Length + (line.LastError?.Length ?? 0) + (line.LastErrorCode?.Length ?? 0)));
}
