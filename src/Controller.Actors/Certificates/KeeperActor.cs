using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Certificates;

/// <summary>A certificate or a CA bundle that is kept fresh.</summary>
public interface IKept
{
    /// <summary>What it is, for messages.</summary>
    string Name { get; }

    /// <summary>Loads it and puts it where it is used. Never throws but for cancellation.</summary>
    /// <param name="operation">Goes into the answer.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns><see cref="KeepingInput.Loaded"/> or <see cref="KeepingInput.Failed"/>.</returns>
    Task<KeepingInput> LoadAsync(int operation, CancellationToken cancellation);
}

/// <summary>Keeps one certificate or CA bundle fresh. A thin shell: <see cref="Keeping"/> decides.</summary>
public sealed class KeeperActor : UntypedActor, IWithTimers
{
    private readonly IKept _kept;
    private readonly TimeProvider _clock;
    private readonly ILogger<KeeperActor> _log;
    private readonly CancellationTokenSource _stopped = new();
    private Keeping _keeping = Keeping.New;

    /// <summary>For <see cref="Props"/>.</summary>
    public KeeperActor(IKept kept, TimeProvider clock, ILogger<KeeperActor> log) => (_kept, _clock, _log) = (kept, clock, log);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(IKept kept, TimeProvider clock, ILogger<KeeperActor> log) => Akka.Actor.Props.Create(() => new KeeperActor(kept, clock, log));

    /// <inheritdoc/>
    protected override void PreStart() => Take(new KeepingInput.Started());

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is KeepingInput input) Take(input);
        else Unhandled(message);
    }

    private void Take(KeepingInput input)
    {
        var step = _keeping.On(input, _clock.GetUtcNow(), Random.Shared.NextDouble());
        _keeping = step.Keeping;
        foreach (var effect in step.Effects) Perform(effect);
    }

    private void Perform(KeepingEffect effect)
    {
        switch (effect)
        {
            case KeepingEffect.Load load:
                _kept.LoadAsync(load.Operation, _stopped.Token).PipeTo(Self, failure: e => new KeepingInput.Failed(load.Operation, $"unforeseen: {e.GetType().Name}"));
                break;
            case KeepingEffect.Wait wait:
                Timers.StartSingleTimer(typeof(KeepingEffect.Wait), new KeepingInput.WaitOver(wait.Operation), wait.Delay);
                break;
            case KeepingEffect.Say { Good: true } say:
                _log.Loaded(_kept.Name, say.Text);
                break;
            case KeepingEffect.Say say:
                _log.NotLoaded(_kept.Name, say.Text);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }
}
