using Akka.Actor;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>Is told how renewals go: metrics.</summary>
public interface ITokenObserver
{
    /// <summary>A renewal is being asked for.</summary>
    void RenewalRequested();

    /// <summary>It failed.</summary>
    void RenewalFailed();
}

/// <summary>What the token keeper works with.</summary>
/// <param name="Source">Vault.</param>
/// <param name="Token">Where the token is put.</param>
/// <param name="Observer">Metrics.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Host">Is stopped by a token that breaks the rules.</param>
/// <param name="Log">Where a person is told.</param>
public sealed record TokenKeeperServices(
    TokenSource Source, ControllerToken Token, ITokenObserver Observer, TimeProvider Clock, IHostApplicationLifetime Host, ILogger<TokenKeeperActor> Log);

/// <summary>Keeps this node's Vault token alive. A thin shell: <see cref="TokenKeeping"/> decides.</summary>
public sealed class TokenKeeperActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(2);

    private readonly TokenKeeperServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private readonly List<IActorRef> _doubters = [];
    private TokenKeeping _keeping;

    /// <summary>For <see cref="Props"/>.</summary>
    public TokenKeeperActor(TokenKeeperServices services) => (_services, _keeping) = (services, new TokenKeeping(services.Source.Origin, services.Token.Begun));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(TokenKeeperServices services) => Akka.Actor.Props.Create(() => new TokenKeeperActor(services));

    private sealed record FileDue;

    private sealed record FilePeeked(VaultTokenValue? Token);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _services.Token.KeptBy(Self);
        if (_keeping.Origin == TokenOrigin.File) Timers.StartSingleTimer(typeof(FileDue), new FileDue(), FileInterval);
        Take(new TokenInput.Started());
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TokenInput.Doubted doubted:
                _doubters.Add(Sender);
                Take(doubted);
                break;
            case TokenInput input:
                if (input is TokenInput.RenewFailed) _services.Observer.RenewalFailed();
                Take(input);
                break;
            case FileDue:
                _services.Source.PeekAsync(_stopped.Token).PipeTo(Self, success: token => new FilePeeked(token), failure: _ => new FilePeeked(null));
                break;
            case FilePeeked peeked:
                Timers.StartSingleTimer(typeof(FileDue), new FileDue(), FileInterval);
                if (peeked.Token is { } token) Take(new TokenInput.FileSeen(token));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // Only the kind: what is unforeseen may quote anything.
    private static TokenTrouble Unforeseen(Exception e) => new(VaultFailure.Transient, false, $"unforeseen: {e.GetType().Name}");

    private void Take(TokenInput input)
    {
        var step = _keeping.On(input, _services.Clock.GetUtcNow(), Random.Shared.NextDouble());
        _keeping = step.Keeping;
        foreach (var effect in step.Effects) Perform(effect);
    }

    private void Perform(TokenEffect effect)
    {
        switch (effect)
        {
            case TokenEffect.Obtain obtain:
                _services.Source.ObtainAsync(obtain.Operation, _stopped.Token).PipeTo(Self, failure: e => new TokenInput.ObtainFailed(obtain.Operation, Unforeseen(e)));
                break;
            case TokenEffect.Check check:
                _services.Source.CheckAsync(check.Operation, check.Token, _stopped.Token).PipeTo(Self, failure: e => new TokenInput.CheckFailed(check.Operation, Unforeseen(e)));
                break;
            case TokenEffect.Renew renew:
                _services.Observer.RenewalRequested();
                _services.Source.RenewAsync(renew.Operation, renew.Token, _stopped.Token).PipeTo(Self, failure: e => new TokenInput.RenewFailed(renew.Operation, Unforeseen(e)));
                break;
            case TokenEffect.Confirm confirm:
                _services.Source.ConfirmAsync(confirm.Token, _stopped.Token).PipeTo(Self, failure: e => new TokenInput.NotConfirmed(confirm.Token, Unforeseen(e)));
                break;
            case TokenEffect.Wait wait:
                Timers.StartSingleTimer(typeof(TokenEffect.Wait), new TokenInput.WaitOver(wait.Operation), wait.Delay);
                break;
            case TokenEffect.WaitForOverdue wait:
                Timers.StartSingleTimer(typeof(TokenEffect.WaitForOverdue), new TokenInput.Overdue(), wait.Delay);
                break;
            case TokenEffect.Publish publish:
                _services.Token.Publish(publish.Token, publish.Life);
                break;
            case TokenEffect.Withdraw:
                _services.Token.Withdraw();
                break;
            case TokenEffect.Tell tell:
                _services.Token.Tell(tell.Problem);
                break;
            case TokenEffect.Answer answer:
                foreach (var doubter in _doubters) doubter.Tell(answer);
                _doubters.Clear();
                break;
            case TokenEffect.Say say:
                if (say.Good) _services.Log.TokenGood(say.Text);
                else _services.Log.TokenTrouble(say.Text);
                break;
            case TokenEffect.Refuse refuse:
                _services.Token.Refuse(refuse.Problems);
                _services.Host.StopApplication();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }
}
