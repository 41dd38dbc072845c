using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Certificates;

/// <summary>Renews one certificate or CA bundle: does what <see cref="CertificateRenewal"/> decides.</summary>
internal sealed class CertificateRenewalActor : UntypedActor, IWithTimers
{
    private readonly IRenewable _renewable;
    private readonly TimeProvider _clock;
    private readonly ILogger<CertificateRenewalActor> _log;
    private readonly CancellationTokenSource _stopped = new();
    private CertificateRenewal _renewal = CertificateRenewal.Initial;

    public CertificateRenewalActor(IRenewable renewable, TimeProvider clock, ILogger<CertificateRenewalActor> log) => (_renewable, _clock, _log) = (renewable, clock, log);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IRenewable renewable, TimeProvider clock, ILogger<CertificateRenewalActor> log) => Akka.Actor.Props.Create(() => new CertificateRenewalActor(renewable, clock, log));

    /// <inheritdoc/>
    protected override void PreStart() => Handle(new CertificateRenewalInput.Started());

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is CertificateRenewalInput input) Handle(input);
        else Unhandled(message);
    }

    private void Handle(CertificateRenewalInput input)
    {
        var transition = _renewal.Handle(input, _clock.GetUtcNow(), Random.Shared.NextDouble());
        _renewal = transition.State;
        foreach (var effect in transition.Effects) Perform(effect);
    }

    private void Perform(CertificateRenewalEffect effect)
    {
        switch (effect)
        {
            case CertificateRenewalEffect.Load load:
                _renewable.LoadAsync(load.Operation, _stopped.Token).PipeTo(Self, failure: e => new CertificateRenewalInput.Failed(load.Operation, $"unforeseen: {e.GetType().Name}"));
                break;
            case CertificateRenewalEffect.ScheduleLoad scheduled:
                Timers.StartSingleTimer(typeof(CertificateRenewalEffect.ScheduleLoad), new CertificateRenewalInput.LoadDue(scheduled.Operation), scheduled.Delay);
                break;
            case CertificateRenewalEffect.Log { Good: true } entry:
                _log.Loaded(_renewable.Name, entry.Text);
                break;
            case CertificateRenewalEffect.Log entry:
                _log.NotLoaded(_renewable.Name, entry.Text);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }
}
