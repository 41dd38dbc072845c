using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Certificates;

/// <summary>A certificate or a CA bundle that is kept fresh.</summary>
public interface IRenewable
{
    /// <summary>What it is, for messages.</summary>
    string Name { get; }

    /// <summary>Loads it and puts it where it is used. Never throws but for cancellation.</summary>
    /// <param name="operation">Goes into the answer.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns><see cref="CertificateRenewalInput.Loaded"/> or <see cref="CertificateRenewalInput.Failed"/>.</returns>
    Task<CertificateRenewalInput> LoadAsync(int operation, CancellationToken cancellation);
}

/// <summary>Keeps one certificate or CA bundle fresh. A thin shell: <see cref="CertificateRenewal"/> decides.</summary>
public sealed class CertificateRenewalActor : UntypedActor, IWithTimers
{
    private readonly IRenewable _kept;
    private readonly TimeProvider _clock;
    private readonly ILogger<CertificateRenewalActor> _log;
    private readonly CancellationTokenSource _stopped = new();
    private CertificateRenewal _keeping = CertificateRenewal.Initial;

    /// <summary>For <see cref="Props"/>.</summary>
    public CertificateRenewalActor(IRenewable kept, TimeProvider clock, ILogger<CertificateRenewalActor> log) => (_kept, _clock, _log) = (kept, clock, log);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(IRenewable kept, TimeProvider clock, ILogger<CertificateRenewalActor> log) => Akka.Actor.Props.Create(() => new CertificateRenewalActor(kept, clock, log));

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
        var step = _keeping.Handle(input, _clock.GetUtcNow(), Random.Shared.NextDouble());
        _keeping = step.Keeping;
        foreach (var effect in step.Effects) Perform(effect);
    }

    private void Perform(CertificateRenewalEffect effect)
    {
        switch (effect)
        {
            case CertificateRenewalEffect.Load load:
                _kept.LoadAsync(load.Operation, _stopped.Token).PipeTo(Self, failure: e => new CertificateRenewalInput.Failed(load.Operation, $"unforeseen: {e.GetType().Name}"));
                break;
            case CertificateRenewalEffect.ScheduleLoad wait:
                Timers.StartSingleTimer(typeof(CertificateRenewalEffect.ScheduleLoad), new CertificateRenewalInput.LoadDue(wait.Operation), wait.Delay);
                break;
            case CertificateRenewalEffect.Log { Good: true } say:
                _log.Loaded(_kept.Name, say.Text);
                break;
            case CertificateRenewalEffect.Log say:
                _log.NotLoaded(_kept.Name, say.Text);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }
}
