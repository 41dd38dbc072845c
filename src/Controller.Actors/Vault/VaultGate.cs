using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>Counts requests to Vault, for metrics.</summary>
internal interface IVaultObserver
{
    /// <summary>A request has ended.</summary>
    /// <param name="elapsed">From when it was sent.</param>
    /// <param name="failure">What kind of failure it was; null: none.</param>
    void RequestEnded(TimeSpan elapsed, VaultFailure? failure);

    /// <summary>The circuit has opened or closed.</summary>
    void CircuitChanged(bool open);
}

/// <summary>
/// Sends the requests that pods cause, in their order: <see cref="VaultCircuit"/> decides how many at once, and when. A request that is not
/// admitted waits and does not fail. Safe to use from any thread.
/// </summary>
internal sealed class VaultGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<int>> _waiting = new();
    private readonly IVaultObserver _observer;
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _startedAt;
    private readonly long _started;
    private readonly ILogger<VaultGate> _log;
    private readonly ITimer _timer;
    private readonly string _what;
    private readonly Func<VaultException, CircuitOutcome> _judge;
    private VaultCircuit _circuit;

    /// <summary>A gate whose circuit is closed.</summary>
    /// <param name="what">The name of what is behind it, in messages.</param>
    /// <param name="judge">Judges by a failure whether what is behind it serves.</param>
    /// <param name="maxConcurrency">The most requests at once.</param>
    /// <param name="observer">Metrics.</param>
    /// <param name="clock">This node's clock.</param>
    /// <param name="log">Its log.</param>
    public VaultGate(
        string what, Func<VaultException, CircuitOutcome> judge, int maxConcurrency, IVaultObserver observer, TimeProvider clock, ILogger<VaultGate> log)
    {
        (_what, _judge, _circuit, _observer, _clock, _log) = (what, judge, new VaultCircuit(maxConcurrency), observer, clock, log);
        (_startedAt, _started) = (clock.GetUtcNow(), clock.GetTimestamp());
        _timer = clock.CreateTimer(_ => Admit(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether a new gate would do the same: nothing is under way, and no failure is remembered.</summary>
    public bool IsAsNew
    {
        get { lock (_lock) return _circuit.IsAsNew(Now); }
    }

    // Not the wall clock, which may be set back: a pause of seconds would last for hours.
    private DateTimeOffset Now => _startedAt + _clock.GetElapsedTime(_started);

    /// <summary>Sends a request when its turn comes.</summary>
    /// <param name="request">Sends it. Fails with <see cref="VaultException"/> or is cancelled.</param>
    /// <param name="whileWaiting">Ends the wait. It has no effect once the request is sent.</param>
    /// <exception cref="VaultException">The request's.</exception>
    /// <exception cref="OperationCanceledException">The request's, or <paramref name="whileWaiting"/>.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> request, CancellationToken whileWaiting)
    {
        var changes = await EnterAsync(whileWaiting).ConfigureAwait(false);
        var started = _clock.GetTimestamp();
        T answer;
        try
        {
            answer = await request().ConfigureAwait(false);
        }
        catch (VaultException e)
        {
            Leave(changes, started, e);
            throw;
        }
        catch
        {
            Handle(new CircuitInput.Ended(CircuitOutcome.GivenUp, changes, null));
            throw;
        }

        Leave(changes, started, null);
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <returns>The circuit's <see cref="VaultCircuit.Changes"/> at the admission.</returns>
    private async Task<int> EnterAsync(CancellationToken whileWaiting)
    {
        var place = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) _waiting.Enqueue(place);
        Admit();
        await using var _ = whileWaiting.UnsafeRegister(state => ((TaskCompletionSource<int>)state!).TrySetCanceled(), place).ConfigureAwait(false);
        return await place.Task.ConfigureAwait(false);
    }

    private void Leave(int changes, long started, VaultException? failure)
    {
        _observer.RequestEnded(_clock.GetElapsedTime(started), failure?.Failure);
        var outcome = failure is null ? CircuitOutcome.Answered : _judge(failure);
        Handle(new CircuitInput.Ended(outcome, changes, failure?.RetryAfter), failure);
    }

    private void Handle(CircuitInput input, VaultException? failure = null)
    {
        lock (_lock)
        {
            (_circuit, var effects) = _circuit.Handle(input, Now, Random.Shared.NextDouble());
            // Under the lock, so that metrics and log have the changes in their order.
            foreach (var effect in effects)
            {
                _observer.CircuitChanged(effect == CircuitEffect.ReportOpened);
                if (effect == CircuitEffect.ReportOpened) _log.CircuitOpened(_what, failure?.Message);
                else _log.CircuitClosed(_what);
            }
        }

        Admit();
    }

    private void Admit()
    {
        lock (_lock)
        {
            var now = Now;
            while (_waiting.TryPeek(out var first))
            {
                if (!first.Task.IsCompleted && !_circuit.Admits(now)) break;
                _waiting.Dequeue();
                // False: the request was cancelled while it waited.
                if (first.TrySetResult(_circuit.Changes)) (_circuit, _) = _circuit.Handle(new CircuitInput.Admitted(), now, 0);
            }

            if (_waiting.Count > 0 && now < _circuit.NotBefore) _timer.Change(_circuit.NotBefore - now, Timeout.InfiniteTimeSpan);
        }
    }
}
