using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Controller.Runs;

/// <summary>This node's <see cref="LocalRuns"/>, safe for any thread.</summary>
/// <param name="clock">This node's clock.</param>
internal sealed class RunTracker(TimeProvider clock) : IRunTracker, ILedgerTracker
{
    private LocalRuns _view = LocalRuns.Empty;
    private volatile RunLedger? _ledger;

    /// <summary>What is known now.</summary>
    public LocalRuns View => Volatile.Read(ref _view);

    /// <summary>The leader's ledger, if this node has it.</summary>
    public RunLedger? Ledger => _ledger;

    /// <inheritdoc/>
    public void Updated(Delivery delivery)
    {
        var now = clock.GetUtcNow();
        ImmutableInterlocked.Update(ref _view, view => view.Updated(delivery, now));
    }

    /// <inheritdoc/>
    public void Finished(RunId run) => ImmutableInterlocked.Update(ref _view, view => view.Finished(run));

    /// <inheritdoc/>
    public void Unassigned(RunId run) => ImmutableInterlocked.Update(ref _view, view => view.Unassigned(run));

    /// <inheritdoc/>
    public void LedgerChanged(RunLedger? ledger) => _ledger = ledger;
}
