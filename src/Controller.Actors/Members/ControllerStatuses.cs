using System.Collections.Immutable;

namespace AkkaVault.Controller.Members;

/// <summary>The answers of all members, as they arrive. Immutable.</summary>
/// <param name="Nodes">The members that were asked.</param>
/// <param name="Answers">The answers so far, by address.</param>
internal sealed record ControllerStatuses(ImmutableSortedSet<string> Nodes, ImmutableSortedDictionary<string, ControllerStatus> Answers) : IMemberAnswers<ControllerStatuses, ControllerStatus>
{
    /// <summary>Nobody has answered yet.</summary>
    public static ControllerStatuses Of(IEnumerable<string> nodes) =>
        new(nodes.ToImmutableSortedSet(StringComparer.Ordinal), ImmutableSortedDictionary<string, ControllerStatus>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>The members that have not answered.</summary>
    public ImmutableList<string> Unanswered => [.. Nodes.Where(node => !Answers.ContainsKey(node))];

    /// <inheritdoc/>
    public bool IsComplete => Unanswered.IsEmpty;

    /// <inheritdoc/>
    public object Result => this;

    /// <summary>A member has answered. Answers of others than were asked are ignored.</summary>
    public ControllerStatuses Handle(ControllerStatus answer) => Nodes.Contains(answer.Node) ? this with { Answers = Answers.SetItem(answer.Node, answer) } : this;
}
