using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>What the rotation works with.</summary>
/// <param name="Tls">Remoting's certificate and the newest.</param>
/// <param name="Replicas">How many members there are to be.</param>
/// <param name="Host">Is stopped.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">Where a person is told.</param>
public sealed record RemotingRotationServices(RemotingTls Tls, int Replicas, IHostApplicationLifetime Host, TimeProvider Clock, ILogger<RemotingRotationActor> Log);

/// <summary>Ends this process, gracefully, when remoting needs a newer certificate. A thin shell: <see cref="RemotingRotation"/> decides.</summary>
public sealed class RemotingRotationActor : UntypedActor, IWithTimers
{
    private readonly RemotingRotationServices _services;
    private readonly RemotingRotation _rotation;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private bool _warned;

    /// <summary>For <see cref="Props"/>.</summary>
    public RemotingRotationActor(RemotingRotationServices services)
    {
        _services = services;
        var used = services.Tls.InUse ?? throw new InvalidOperationException("remoting was started without a certificate");
        _rotation = new RemotingRotation(used, Random.Shared.NextDouble());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(RemotingRotationServices services) => Akka.Actor.Props.Create(() => new RemotingRotationActor(services));

    private sealed record JudgementDue;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(typeof(JudgementDue), new JudgementDue(), _rotation.Interval);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is not JudgementDue) Unhandled(message);
        else Perform(_rotation.Judge(_services.Tls.Newest, IsComplete(), _services.Clock.GetUtcNow()));
    }

    private bool IsComplete() =>
        _cluster.State is { Unreachable.Count: 0 } state && state.Members.Count(member => member.Status == MemberStatus.Up) >= _services.Replicas;

    private void Perform(RotationDecision verdict)
    {
        switch (verdict)
        {
            case RotationDecision.Keep:
                break;
            case RotationDecision.Warn when _warned:
                break;
            case RotationDecision.Warn:
                _warned = true;
                _services.Log.RemotingCertificateEnds(_rotation.InUse.To);
                break;
            case RotationDecision.Restart:
                Timers.CancelAll();
                _services.Log.RestartsForCertificate(_rotation.InUse.To);
                _services.Host.StopApplication();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "not a verdict");
        }
    }
}
