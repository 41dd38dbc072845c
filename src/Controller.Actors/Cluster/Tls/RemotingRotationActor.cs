using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>Ends this process, gracefully, when remoting needs a newer certificate. <see cref="RemotingRotation"/> decides.</summary>
internal sealed class RemotingRotationActor : ReceiveActor, IWithTimers
{
    private readonly RemotingTls _tls;
    private readonly int _replicas;
    private readonly IHostApplicationLifetime _host;
    private readonly TimeProvider _clock;
    private readonly ILogger<RemotingRotationActor> _log;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private RemotingRotation _rotation;

    public RemotingRotationActor(int replicas, RemotingTls tls, IHostApplicationLifetime host, TimeProvider clock, ILogger<RemotingRotationActor> log)
    {
        (_replicas, _tls, _host, _clock, _log) = (replicas, tls, host, clock, log);
        var used = tls.InUse ?? throw new InvalidOperationException("remoting was started without a certificate");
        _rotation = new RemotingRotation(used, Random.Shared.NextDouble());
        Receive<CheckDue>(_ =>
        {
            (_rotation, var effects) = _rotation.Handle(_tls.Newest, IsComplete(), _clock.GetUtcNow());
            foreach (var effect in effects) Perform(effect);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record CheckDue;

    protected override void PreStart() => Timers.StartPeriodicTimer(typeof(CheckDue), new CheckDue(), _rotation.Interval);

    private bool IsComplete() =>
        _cluster.State is { Unreachable.Count: 0 } state && state.Members.Count(member => member.Status == MemberStatus.Up) >= _replicas;

    private void Perform(RotationEffect effect)
    {
        switch (effect)
        {
            case RotationEffect.Warn:
                _log.RemotingCertificateEnds(_rotation.InUse.To);
                break;
            case RotationEffect.Restart:
                Timers.CancelAll();
                _log.RestartsForCertificate(_rotation.InUse.To);
                _host.StopApplication();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect, "not an effect");
        }
    }
}
