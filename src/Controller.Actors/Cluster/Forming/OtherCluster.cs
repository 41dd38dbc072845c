using System.Collections.Immutable;

namespace AkkaVault.Controller.Cluster.Forming;

/// <summary>
/// Notices that the controllers have become two clusters, as a pure state machine: nodes that could not see the others for so
/// long that they formed one of their own. They never become one by themselves: the nodes of the smaller one have to start
/// again, and then join.
/// </summary>
/// <param name="Sightings">How often in a row another cluster was seen.</param>
public sealed record OtherCluster(int Sightings)
{
    /// <summary>Sightings in a row that tell: what is just forming, joining or leaving has settled by then.</summary>
    public const int Telling = 3;

    /// <summary>None was seen.</summary>
    public static readonly OtherCluster None = new(0);

    /// <summary>Takes in one look at all contact points.</summary>
    /// <param name="own">The addresses of the members of this node's cluster.</param>
    /// <param name="seen">What each contact point said its reachable members are; empty: it is in no cluster.</param>
    /// <returns>And the other cluster's members, when this node is to give way to them; else null.</returns>
    public (OtherCluster Next, ImmutableSortedSet<string>? GiveWayTo) See(ImmutableSortedSet<string> own, IEnumerable<ImmutableSortedSet<string>> seen)
    {
        var other = seen.Where(members => !members.IsEmpty && !members.Overlaps(own))
            .OrderByDescending(members => members.Count).ThenBy(members => members[0], StringComparer.Ordinal).FirstOrDefault();
        if (other is null) return (None, null);
        var next = new OtherCluster(Sightings + 1);
        return (next, next.Sightings >= Telling && GivesWay(own, other) ? other : null);
    }

    // Both sides come to opposite conclusions: the larger stays, of two alike the one with the lowest address.
    private static bool GivesWay(ImmutableSortedSet<string> own, ImmutableSortedSet<string> other) =>
        other.Count != own.Count ? other.Count > own.Count : own.IsEmpty || StringComparer.Ordinal.Compare(other[0], own[0]) < 0;
}
