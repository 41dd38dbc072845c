using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Watching;

/// <summary>Gets the ledger of the watcher on this node, for people who ask for runs. Never blocks, never fails.</summary>
internal interface ILedgerTracker
{
    /// <summary>The watcher's ledger has changed; null: there is no watcher on this node any more.</summary>
    void LedgerChanged(RunLedger? ledger);
}
