using AkkaVault.Cli.Output;
using AkkaVault.Contracts;
using Spectre.Console;

namespace AkkaVault.Cli.Cluster;

/// <summary>The answer of <c>cluster show</c>.</summary>
/// <param name="SelfNode">The address of the member that answered.</param>
/// <param name="Leads">The address of the leader, which runs the watcher; null: there is no leader.</param>
/// <param name="Members">All members.</param>
/// <param name="Problems">The problems, each in a sentence.</param>
internal sealed record ClusterAnswer(string SelfNode, string? Leads, IReadOnlyList<ClusterMember> Members, IReadOnlyList<string> Problems)
{
    /// <summary>Makes the answer from a controller's document.</summary>
    public static ClusterAnswer Of(MembersDocument document)
    {
        var members = document.Members
            .Select(member => new ClusterMember(
                member.Node, member.Status, document.Unreachable.All(other => other.Node != member.Node), member.Node == document.Oldest,
                document.Unreachable.FirstOrDefault(other => other.Node == member.Node)?.ObservedBy ?? [], member.Roles))
            .OrderBy(member => member.Node, StringComparer.Ordinal).ToList();
        return new ClusterAnswer(document.SelfNode, document.Oldest, members, [.. ProblemsOf(document, members)]);
    }

    /// <summary>The answer as a table.</summary>
    public static Table Table(ClusterAnswer answer)
    {
        var table = CommandOutput.Columns("MEMBER", "STATUS", "REACHABLE", "LEADS", "ROLES");
        foreach (var member in answer.Members)
            CommandOutput.Row(table, member.Node, member.Status, member.Reachable ? "yes" : "no", member.Leads ? "yes" : "", string.Join(",", member.Roles));
        return table;
    }

    private static IEnumerable<string> ProblemsOf(MembersDocument document, IReadOnlyList<ClusterMember> members)
    {
        if (members.Count == 0) yield return $"{document.SelfNode} is in no cluster yet; GET /ready at its port says why";
        else if (document.Oldest is null) yield return "nobody leads: no member is up, so no pods are watched; GET /ready at each controller says why";
        if (members.Where(member => !member.Reachable).Select(member => member.Node).ToList() is { Count: > 0 } unreachable)
            yield return $"{string.Join(", ", unreachable)} cannot be reached; if it does not come back, the others take it out by themselves (docs/cluster.md)";
    }
}

/// <summary>A member.</summary>
/// <param name="Node">The address of the member.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting or Down.</param>
/// <param name="Reachable">Whether all other members reach this one.</param>
/// <param name="Leads">Whether this member leads: it runs the watcher.</param>
/// <param name="ObservedBy">The members that cannot reach this one.</param>
/// <param name="Roles">The member's roles.</param>
internal sealed record ClusterMember(string Node, string Status, bool Reachable, bool Leads, IReadOnlyList<string> ObservedBy, IReadOnlyList<string> Roles);

/// <summary>The answer of <c>leave</c>, <c>down</c> and <c>down-unreachable</c>.</summary>
/// <param name="Changes">What the command changed.</param>
internal sealed record ChangeAnswer(IReadOnlyList<MemberChange> Changes)
{
    /// <summary>The answer as a table.</summary>
    public static Table Table(ChangeAnswer answer)
    {
        var table = CommandOutput.Columns("MEMBER", "ANSWER");
        foreach (var change in answer.Changes) CommandOutput.Row(table, change.Node, change.Message);
        return table;
    }
}

/// <summary>The change of one member.</summary>
/// <param name="Node">The address of the member.</param>
/// <param name="Message">The controller's answer.</param>
internal sealed record MemberChange(string Node, string Message);
