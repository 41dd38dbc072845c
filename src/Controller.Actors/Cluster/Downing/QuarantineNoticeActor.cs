using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Downs this node when the other members tell that they have quarantined it, as they do with a node that they have removed. One that was
/// cut off, and counts some of the others as reachable, would otherwise go on beside them as a second cluster. Akka ignores the notices:
/// https://github.com/akkadotnet/akka.net/issues/8482. QuarantineMajorityTests tell when this can go.
/// </summary>
internal sealed class QuarantineNoticeActor : ReceiveActor
{
    private ImmutableHashSet<UniqueAddress> _senders = [];

    public QuarantineNoticeActor(ILogger<QuarantineNoticeActor> log)
    {
        var cluster = Akka.Cluster.Cluster.Get(Context.System);
        Receive<ThisActorSystemQuarantinedEvent>(notice =>
        {
            var state = cluster.State;
            ImmutableHashSet<UniqueAddress> others = [.. state.Members.Where(member => member.Status is MemberStatus.Up).Select(member => member.UniqueAddress).Where(member => !member.Equals(cluster.SelfUniqueAddress))];
            _senders = _senders.Union(others.Where(member => member.Address.Equals(notice.RemoteAddress))).Intersect(others);
            if (!IsRemoved(_senders, others.Except(state.Unreachable.Select(member => member.UniqueAddress)))) return;
            log.QuarantinedBy(string.Join(", ", _senders.Select(member => member.Address)));
            cluster.Down(cluster.SelfAddress);
            Context.Stop(Self);
        });
    }

    /// <summary>
    /// Whether most of those that are reachable, or sent a notice, sent one. A single notice proves nothing: a node that ends because it
    /// was wrong about the others sends notices, too.
    /// </summary>
    internal static bool IsRemoved<T>(ImmutableHashSet<T> senders, ImmutableHashSet<T> reachable) => 2 * senders.Count > senders.Union(reachable).Count;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
}
