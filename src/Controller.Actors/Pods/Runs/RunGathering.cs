using System.Collections.Immutable;

namespace AkkaVault.Controller.Pods.Runs;

/// <summary>A run and the node that has it.</summary>
/// <param name="Line">The run.</param>
/// <param name="Node">The node whose pod actor has it, or had it; null: only the ledger has it.</param>
public sealed record GatheredRun(RunLine Line, string? Node);

/// <summary>What the whole cluster knows.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Omitted">How many more there are.</param>
/// <param name="Unanswered">The nodes that have not answered, or not in full.</param>
public sealed record GatheredRuns(ImmutableList<GatheredRun> Runs, int Omitted, ImmutableList<string> Unanswered);

/// <summary>The answers of all nodes as they come in. Pure.</summary>
/// <param name="Question">What they were asked.</param>
/// <param name="Nodes">Who was asked.</param>
/// <param name="Parts">What they have answered so far.</param>
public sealed record RunGathering(AskRuns Question, ImmutableSortedSet<string> Nodes, ImmutableList<RunsPart> Parts)
{
    /// <summary>Nobody has answered yet.</summary>
    public static RunGathering Of(AskRuns question, IEnumerable<string> nodes) => new(question, nodes.ToImmutableSortedSet(StringComparer.Ordinal), []);

    /// <summary>Whether all have answered in full.</summary>
    public bool IsComplete => Unanswered.IsEmpty;

    /// <summary>What is known so far.</summary>
    public GatheredRuns Result
    {
        get
        {
            var runs = Parts.SelectMany(part => part.Lines, (part, line) => new GatheredRun(line, line.Begun ? part.Node : null))
                .GroupBy(run => run.Line.Run, (_, same) => same.MaxBy(run => run.Line.Certainty)!)
                .OrderBy(run => run.Line.SeenAt).ThenBy(run => run.Line.Run.ToString(), StringComparer.Ordinal).ToList();
            if (Question.Pod is not null) runs.Reverse();
            // The ledger has them all; a node without it knows its own only.
            var known = Parts.Select(part => part.Known).Append(runs.Count).Max();
            var shown = runs.Take(AskRuns.Most).ToImmutableList();
            return new GatheredRuns(shown, known - shown.Count, Unanswered);
        }
    }

    private ImmutableList<string> Unanswered => [.. Nodes.Where(node => Parts.Where(part => part.Node == node).ToList() is var parts
        && (parts.Count == 0 || parts.Sum(part => part.Lines.Count) < parts[0].Sent))];

    /// <summary>A part has come.</summary>
    public RunGathering Take(RunsPart part) => Nodes.Contains(part.Node) ? this with { Parts = Parts.Add(part) } : this;
}
