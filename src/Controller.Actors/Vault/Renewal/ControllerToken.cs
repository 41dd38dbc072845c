using Akka.Actor;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>The token breaks the rules; the message names all of them.</summary>
/// <param name="problems">The broken rules.</param>
internal sealed class TokenRuleException(IReadOnlyList<string> problems) : Exception(string.Join("; ", problems));

/// <summary>How long a token lives.</summary>
/// <param name="Whole">What is left of it is compared with this: the life that it was given first; after a login, the life that it was given last.</param>
/// <param name="Expires">When it is dead unless renewed, by this node's clock.</param>
internal sealed record TokenLife(TimeSpan Whole, DateTimeOffset Expires);

/// <summary>
/// The controller's own token, for all who call Vault on this node: <see cref="TokenRenewalActor"/> puts it here. Safe to use
/// from any thread.
/// </summary>
internal sealed class ControllerToken
{
    private static readonly TimeSpan ConfirmTimeout = VaultTransport.RequestTimeout + TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<IActorRef> _renewal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<VaultTokenValue> _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _problem = "the Vault token has not been checked yet";
    private TokenLife? _life;

    /// <summary>Why the token cannot be relied on; null: it can.</summary>
    public string? Problem
    {
        get { lock (_gate) return _problem.Length == 0 ? null : _problem; }
    }

    /// <summary>How long the token lives; null: there is none.</summary>
    public TokenLife? Life
    {
        get { lock (_gate) return _life; }
    }

    /// <summary>Whether a token was ever in use: after that, a token that breaks the rules does not end the program.</summary>
    public bool WasInUse { get; private set; }

    /// <summary>The exception to end the program with; null: it goes on.</summary>
    public TokenRuleException? Refused { get; private set; }

    /// <summary>The token, as soon as there is one.</summary>
    public async Task<string> ValueAsync(CancellationToken cancellation)
    {
        Task<VaultTokenValue> current;
        lock (_gate) current = _current.Task;
        return (await current.WaitAsync(cancellation).ConfigureAwait(false)).Value;
    }

    /// <summary>Asks whether the token is still alive, after a call was denied that should not have been.</summary>
    public async Task<TokenState> ConfirmAsync(CancellationToken cancellation)
    {
        var renewal = await _renewal.Task.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return (await renewal.Ask<TokenRenewalEffect.Answer>(new TokenRenewalInput.ConfirmRequested(), ConfirmTimeout, cancellation).ConfigureAwait(false)).State;
        }
        catch (AskTimeoutException)
        {
            return TokenState.Unknown;
        }
    }

    internal void RenewedBy(IActorRef renewal) => _renewal.TrySetResult(renewal);

    internal void Publish(VaultTokenValue token, TokenLife life)
    {
        lock (_gate)
        {
            _life = life;
            WasInUse = true;
            if (_current.TrySetResult(token)) return;
            _current = new TaskCompletionSource<VaultTokenValue>(TaskCreationOptions.RunContinuationsAsynchronously);
            _current.SetResult(token);
        }
    }

    internal void Withdraw()
    {
        lock (_gate)
        {
            _life = null;
            if (_current.Task.IsCompleted) _current = new TaskCompletionSource<VaultTokenValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    internal void SetProblem(string problem)
    {
        lock (_gate) _problem = problem;
    }

    internal void Refuse(IReadOnlyList<string> problems) => Refused = new TokenRuleException(problems);
}
