using System.Collections.Immutable;
using Akka.Actor;
using Akka.Management.Cluster.Bootstrap;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>What a starting controller knows of the others.</summary>
/// <param name="Discovered">The contact points that exist.</param>
/// <param name="Answers">The last answers of those that answered recently.</param>
internal sealed record ObservedContactPoints(ImmutableSortedSet<ContactPoint> Discovered, ImmutableSortedDictionary<ContactPoint, ContactPointAnswer> Answers)
{
    public static readonly ObservedContactPoints None = new([], ImmutableSortedDictionary<ContactPoint, ContactPointAnswer>.Empty);

    /// <summary>As Akka.Management's coordinator knows them now.</summary>
    public ObservedContactPoints Then(SeedNodesInformation known, TimeSpan now) => new(
        [.. known.ContactPoints.Select(ContactPoint.Of).OfType<ContactPoint>()],
        known.SeedNodesObservations.Select(answer => (Point: ContactPoint.Of(answer.ContactPoint), answer)).Where(each => each.Point is not null)
            .ToImmutableSortedDictionary(each => each.Point!, each => Then(each.Point!, each.answer, now)));

    private ContactPointAnswer Then(ContactPoint point, SeedNodesObservation answer, TimeSpan now) => new(
        answer.SourceAddress, [.. answer.SeedNodes], answer.ObservedAt, Answers.GetValueOrDefault(point) is { } before && before.Observed == answer.ObservedAt ? before.Seen : now);

    /// <summary>Whether the same contact points exist, and the same ones answer.</summary>
    public bool IsLike(ObservedContactPoints other) => Discovered.SetEquals(other.Discovered) && Answers.Keys.SequenceEqual(other.Answers.Keys);
}

/// <summary>What a contact point answers about itself.</summary>
/// <param name="Node">Its own address in a cluster.</param>
/// <param name="Seeds">The addresses of members of its cluster that can be joined; empty: it is in no cluster.</param>
/// <param name="Observed">Distinguishes this answer from the one before.</param>
/// <param name="Seen">When this node first had the answer, by its clock that only goes forward.</param>
internal sealed record ContactPointAnswer(Address Node, ImmutableHashSet<Address> Seeds, DateTimeOffset Observed, TimeSpan Seen);
