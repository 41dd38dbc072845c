using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Which members have told this node that they have quarantined it, as they do with a node that they have removed. One that was cut
/// off, and counts some of the others as reachable, would otherwise go on beside them as a second cluster. Akka ignores the notices:
/// https://github.com/akkadotnet/akka.net/issues/8482. QuarantineNoticesTests tell when this can go.
/// </summary>
/// <param name="Senders">The members that have sent a notice.</param>
/// <param name="IsRemoved">Whether most of those that are reachable, or sent a notice, sent one. A single notice proves nothing: a node that ends because it was wrong about the others sends notices, too.</param>
internal sealed record QuarantineNotices(ImmutableHashSet<UniqueAddress> Senders, bool IsRemoved)
{
    public static readonly QuarantineNotices None = new([], false);

    /// <summary>Handles a notice. Only members that are up have a say.</summary>
    public QuarantineNotices Handle(Address sender, ImmutableHashSet<UniqueAddress> othersUp, ImmutableHashSet<UniqueAddress> unreachable)
    {
        var senders = Senders.Union(othersUp.Where(member => member.Address.Equals(sender))).Intersect(othersUp);
        return new QuarantineNotices(senders, 2 * senders.Count > senders.Union(othersUp.Except(unreachable)).Count);
    }
}
