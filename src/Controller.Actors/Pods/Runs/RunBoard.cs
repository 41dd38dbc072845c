using System.Collections.Immutable;

namespace AkkaVault.Controller.Pods.Runs;

/// <summary>Keeps this node's <see cref="RunView"/>, for any thread.</summary>
/// <param name="clock">This node's clock.</param>
public sealed class RunBoard(TimeProvider clock) : IRunBoard
{
    private RunView _view = RunView.Empty;
    private volatile Ledger? _ledger;

    /// <summary>What is known now.</summary>
    public RunView View => Volatile.Read(ref _view);

    /// <summary>The leader's ledger, where this node has it.</summary>
    public Ledger? Ledger => _ledger;

    /// <inheritdoc/>
    public void Stands(Delivery delivery)
    {
        var now = clock.GetUtcNow();
        ImmutableInterlocked.Update(ref _view, view => view.Stands(delivery, now));
    }

    /// <inheritdoc/>
    public void Finished(RunId run) => ImmutableInterlocked.Update(ref _view, view => view.Finished(run));

    /// <inheritdoc/>
    public void LetGo(RunId run) => ImmutableInterlocked.Update(ref _view, view => view.LetGo(run));

    /// <inheritdoc/>
    public void LedgerIs(Ledger? ledger) => _ledger = ledger;
}
