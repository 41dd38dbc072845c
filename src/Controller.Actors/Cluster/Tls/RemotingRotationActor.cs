using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>Ends this process, gracefully, when remoting needs a newer certificate. A thin shell: <see cref="RemotingRotation"/> decides.</summary>
internal sealed class RemotingRotationActor : UntypedActor, IWithTimers
{
    private readonly RemotingTls _tls;
    private readonly int _replicas;
    private readonly IHostApplicationLifetime _host;
    private readonly TimeProvider _clock;
    private readonly ILogger<RemotingRotationActor> _log;
    private readonly RemotingRotation _rotation;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private bool _warned;

    /// <summary>Called by dependency injection, except for <paramref name="replicas"/>.</summary>
    public RemotingRotationActor(int replicas, RemotingTls tls, IHostApplicationLifetime host, TimeProvider clock, ILogger<RemotingRotationActor> log)
    {
        (_replicas, _tls, _host, _clock, _log) = (replicas, tls, host, clock, log);
        var used = tls.InUse ?? throw new InvalidOperationException("remoting was started without a certificate");
        _rotation = new RemotingRotation(used, Random.Shared.NextDouble());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record JudgementDue;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(typeof(JudgementDue), new JudgementDue(), _rotation.Interval);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is not JudgementDue) Unhandled(message);
        else Perform(_rotation.Judge(_tls.Newest, IsComplete(), _clock.GetUtcNow()));
    }

    private bool IsComplete() =>
        _cluster.State is { Unreachable.Count: 0 } state && state.Members.Count(member => member.Status == MemberStatus.Up) >= _replicas;

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
                _log.RemotingCertificateEnds(_rotation.InUse.To);
                break;
            case RotationDecision.Restart:
                Timers.CancelAll();
                _log.RestartsForCertificate(_rotation.InUse.To);
                _host.StopApplication();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "not a verdict");
        }
    }
}
