using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>
/// Downs this node when a member tells that it has quarantined it. That member has removed this node from the cluster, and takes no
/// message from it any more. A node that was cut off, and counts some of the others as reachable, would otherwise go on beside them as a
/// second cluster. Akka ignores the notice: https://github.com/akkadotnet/akka.net/issues/8482. QuarantineNoticeTests tell when this can go.
/// </summary>
internal sealed class QuarantineNoticeActor : ReceiveActor
{
    public QuarantineNoticeActor(ILogger<QuarantineNoticeActor> log)
    {
        var cluster = Akka.Cluster.Cluster.Get(Context.System);
        Receive<ThisActorSystemQuarantinedEvent>(notice =>
        {
            // A member that this side has downed sends a notice, too.
            if (!cluster.State.Members.Any(member => member.Status is MemberStatus.Up && member.Address.Equals(notice.RemoteAddress))) return;
            log.QuarantinedBy(notice.RemoteAddress.ToString());
            cluster.Down(cluster.SelfAddress);
            Context.Stop(Self);
        });
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
}
