using Akka.Actor;
using Akka.Remote;
using AkkaVault.Controller.Common;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>Downs this node when the others have quarantined it. <see cref="QuarantineNotices"/> decides.</summary>
internal sealed class QuarantineNoticeActor : ReceiveActor
{
    private QuarantineNotices _notices = QuarantineNotices.None;

    public QuarantineNoticeActor(ILogger<QuarantineNoticeActor> log)
    {
        var cluster = Akka.Cluster.Cluster.Get(Context.System);
        Receive<ThisActorSystemQuarantinedEvent>(notice =>
        {
            _notices = _notices.Handle(notice.RemoteAddress, [.. cluster.OthersUp()], [.. cluster.State.Unreachable.Select(member => member.UniqueAddress)]);
            if (!_notices.IsRemoved) return;
            log.QuarantinedBy(string.Join(", ", _notices.Senders.Select(member => member.Address)));
            cluster.Down(cluster.SelfAddress);
            Context.Stop(Self);
        });
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
}
