using Akka.Actor;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>Counts renewals, for metrics.</summary>
internal interface ITokenObserver
{
    /// <summary>A renewal is being asked for.</summary>
    void RenewalRequested();

    /// <summary>It failed.</summary>
    void RenewalFailed();
}

/// <summary>The services of <see cref="TokenRenewalActor"/>.</summary>
/// <param name="Source">Vault.</param>
/// <param name="Token">Where the token is put.</param>
/// <param name="Observer">Metrics.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Host">Is stopped by a token that breaks the rules.</param>
/// <param name="Log">Its log.</param>
internal sealed record TokenRenewalServices(
    TokenSource Source, ControllerToken Token, ITokenObserver Observer, TimeProvider Clock, IHostApplicationLifetime Host, ILogger<TokenRenewalActor> Log);

/// <summary>Renews this node's Vault token: does what <see cref="TokenRenewal"/> decides.</summary>
internal sealed class TokenRenewalActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(2);

    private readonly TokenRenewalServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private readonly List<IActorRef> _askers = [];
    private TokenRenewal _renewal;

    /// <summary>Starts without a token.</summary>
    public TokenRenewalActor(TokenRenewalServices services) => (_services, _renewal) = (services, new TokenRenewal(services.Source.Origin, services.Token.WasInUse));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For one actor on this node.</summary>
    public static Props Props(TokenRenewalServices services) => Akka.Actor.Props.Create(() => new TokenRenewalActor(services));

    private sealed record FileDue;

    private sealed record FilePeeked(VaultTokenValue? Token);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _services.Token.RenewedBy(Self);
        if (_renewal.Origin == TokenOrigin.File) Timers.StartSingleTimer(typeof(FileDue), new FileDue(), FileInterval);
        Handle(new TokenRenewalInput.Started());
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
            case TokenRenewalInput.ConfirmRequested request:
                _askers.Add(Sender);
                Handle(request);
                break;
            case TokenRenewalInput input:
                if (input is TokenRenewalInput.RenewFailed) _services.Observer.RenewalFailed();
                Handle(input);
                break;
            case FileDue:
                _services.Source.PeekAsync(_stopped.Token).PipeTo(Self, success: token => new FilePeeked(token), failure: _ => new FilePeeked(null));
                break;
            case FilePeeked peeked:
                Timers.StartSingleTimer(typeof(FileDue), new FileDue(), FileInterval);
                if (peeked.Token is { } token) Handle(new TokenRenewalInput.FileSeen(token));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // The type only: the message of an unforeseen exception may quote a secret.
    private static TokenProblem Unforeseen(Exception e) => new(VaultFailure.Transient, false, $"unforeseen: {e.GetType().Name}");

    private void Handle(TokenRenewalInput input)
    {
        var transition = _renewal.Handle(input, _services.Clock.GetUtcNow(), Random.Shared.NextDouble());
        _renewal = transition.State;
        foreach (var effect in transition.Effects) Perform(effect);
    }

    private void Perform(TokenRenewalEffect effect)
    {
        switch (effect)
        {
            case TokenRenewalEffect.Obtain obtain:
                _services.Source.ObtainAsync(obtain.Operation, _stopped.Token).PipeTo(Self, failure: e => new TokenRenewalInput.ObtainFailed(obtain.Operation, Unforeseen(e)));
                break;
            case TokenRenewalEffect.Check check:
                _services.Source.CheckAsync(check.Operation, check.Token, _stopped.Token).PipeTo(Self, failure: e => new TokenRenewalInput.CheckFailed(check.Operation, Unforeseen(e)));
                break;
            case TokenRenewalEffect.Renew renew:
                _services.Observer.RenewalRequested();
                _services.Source.RenewAsync(renew.Operation, renew.Token, _stopped.Token).PipeTo(Self, failure: e => new TokenRenewalInput.RenewFailed(renew.Operation, Unforeseen(e)));
                break;
            case TokenRenewalEffect.Confirm confirm:
                _services.Source.ConfirmAsync(confirm.Token, _stopped.Token).PipeTo(Self, failure: e => new TokenRenewalInput.NotConfirmed(confirm.Token, Unforeseen(e)));
                break;
            case TokenRenewalEffect.ScheduleTimer timer:
                Timers.StartSingleTimer(typeof(TokenRenewalEffect.ScheduleTimer), new TokenRenewalInput.TimerDue(timer.Operation), timer.Delay);
                break;
            case TokenRenewalEffect.ScheduleOverdueCheck overdue:
                Timers.StartSingleTimer(typeof(TokenRenewalEffect.ScheduleOverdueCheck), new TokenRenewalInput.OverdueCheckDue(), overdue.Delay);
                break;
            case TokenRenewalEffect.ScheduleConfirmation confirmation:
                Timers.StartSingleTimer(typeof(TokenRenewalEffect.ScheduleConfirmation), new TokenRenewalInput.ConfirmationDue(), confirmation.Delay);
                break;
            case TokenRenewalEffect.Publish publish:
                _services.Token.Publish(publish.Token, publish.Life);
                break;
            case TokenRenewalEffect.Withdraw:
                _services.Token.Withdraw();
                break;
            case TokenRenewalEffect.SetProblem set:
                _services.Token.SetProblem(set.Problem);
                break;
            case TokenRenewalEffect.Answer answer:
                foreach (var asker in _askers) asker.Tell(answer);
                _askers.Clear();
                break;
            case TokenRenewalEffect.Log entry:
                if (entry.Good) _services.Log.TokenGood(entry.Text);
                else _services.Log.TokenTrouble(entry.Text);
                break;
            case TokenRenewalEffect.Refuse refuse:
                _services.Token.Refuse(refuse.Problems);
                _services.Host.StopApplication();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect.GetType().Name, "not an effect");
        }
    }
}
