using System.Collections.Immutable;
using Akka.Actor;
using Akka.Management.Cluster.Bootstrap;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>What a starting controller sees of the others.</summary>
/// <param name="Discovered">The contact points that exist.</param>
/// <param name="Answers">What those of them that answered lately said.</param>
internal sealed record ObservedContactPoints(ImmutableSortedSet<ContactPoint> Discovered, ImmutableSortedDictionary<ContactPoint, ContactPointAnswer> Answers)
{
    /// <summary>Nothing was seen yet.</summary>
    public static readonly ObservedContactPoints Nothing = new([], ImmutableSortedDictionary<ContactPoint, ContactPointAnswer>.Empty);

    /// <summary>As Akka.Management's coordinator sees them now.</summary>
    /// <param name="seen">What it sees.</param>
    /// <param name="now">The time.</param>
    public ObservedContactPoints Then(SeedNodesInformation seen, TimeSpan now) => new(
        [.. seen.ContactPoints.Select(ContactPoint.Of).OfType<ContactPoint>()],
        seen.SeedNodesObservations.Select(answer => (Point: ContactPoint.Of(answer.ContactPoint), answer)).Where(each => each.Point is not null)
            .ToImmutableSortedDictionary(each => each.Point!, each => Then(each.Point!, each.answer, now)));

    private ContactPointAnswer Then(ContactPoint point, SeedNodesObservation answer, TimeSpan now) => new(
        answer.SourceAddress, [.. answer.SeedNodes], answer.ObservedAt, Answers.GetValueOrDefault(point) is { } before && before.Observed == answer.ObservedAt ? before.Seen : now);

    /// <summary>Whether the same contact points exist, and the same ones answer.</summary>
    public bool IsLike(ObservedContactPoints other) => Discovered.SetEquals(other.Discovered) && Answers.Keys.SequenceEqual(other.Answers.Keys);
}

/// <summary>What a contact point says of itself.</summary>
/// <param name="Node">Its own address in a cluster.</param>
/// <param name="Seeds">The addresses of members of its cluster that can be joined; empty: it is in none.</param>
/// <param name="Observed">Tells this answer from the one before.</param>
/// <param name="Seen">When it was first seen, by the clock that only goes forward.</param>
internal sealed record ContactPointAnswer(Address Node, ImmutableHashSet<Address> Seeds, DateTimeOffset Observed, TimeSpan Seen);
