using System.Collections.Immutable;
using AkkaVault.Controller.Members;

namespace AkkaVault.Controller.Runs;

/// <summary>A run and the node that has it.</summary>
/// <param name="Summary">The run.</param>
/// <param name="Node">The node whose pod actor serves it, or has served it; null: only the ledger knows it.</param>
internal sealed record ClusterRun(RunSummary Summary, string? Node);

/// <summary>The runs of the whole cluster.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Omitted">How many more runs there are.</param>
/// <param name="Unanswered">The nodes that have not answered, or not in full.</param>
internal sealed record ClusterRuns(ImmutableList<ClusterRun> Runs, int Omitted, ImmutableList<string> Unanswered);

/// <summary>The answers of all nodes to one question, as they arrive. Immutable.</summary>
/// <param name="Question">The question.</param>
/// <param name="Nodes">The nodes that were asked.</param>
/// <param name="Parts">The answers so far.</param>
internal sealed record RunQuery(GetRuns Question, ImmutableSortedSet<string> Nodes, ImmutableList<RunsPage> Parts) : IMemberAnswers<RunQuery, RunsPage>
{
    /// <summary>A query that no node has answered yet.</summary>
    public static RunQuery Of(GetRuns question, IEnumerable<string> nodes) => new(question, nodes.ToImmutableSortedSet(StringComparer.Ordinal), []);

    /// <summary>Whether all nodes have answered in full.</summary>
    public bool IsComplete => Unanswered.IsEmpty;

    /// <summary>The runs that are known so far.</summary>
    public ClusterRuns Result
    {
        get
        {
            var runs = Parts.SelectMany(part => part.Runs, (part, line) => new ClusterRun(line, line.IsStarted ? part.Node : null))
                .GroupBy(run => run.Summary.Run, (_, same) => Newest([.. same]))
                .OrderBy(run => run.Summary.SeenAt).ThenBy(run => run.Summary.Run.ToString(), StringComparer.Ordinal).ToList();
            if (Question.Pod is not null) runs.Reverse();
            // The leader has all runs in its ledger; other nodes know only their own.
            var known = Parts.Select(part => part.Known).Append(runs.Count).Max();
            var shown = runs.Take(GetRuns.MaxRuns).ToImmutableList();
            return new ClusterRuns(shown, known - shown.Count, Unanswered);
        }
    }

    object IMemberAnswers<RunQuery, RunsPage>.Result => Result;

    private static ClusterRun Newest(List<ClusterRun> same) =>
        new(RunSummary.Newest([.. same.Select(run => run.Summary)]), same.MaxBy(run => run.Summary.Order)!.Node);

    private ImmutableList<string> Unanswered => [.. Nodes.Where(node => Parts.Where(part => part.Node == node).ToList() is var parts
        && (parts.Count == 0 || parts.Sum(part => part.Runs.Count) < parts[0].Sent))];

    /// <summary>A node has sent a part of its answer. Parts of nodes that were not asked are ignored.</summary>
    public RunQuery Handle(RunsPage part) => Nodes.Contains(part.Node) ? this with { Parts = Parts.Add(part) } : this;
}
