using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Watching;

/// <summary>Is told the ledger of the watcher on this node, for people who ask for runs. Never blocks, never fails.</summary>
public interface ILedgerTracker
{
    /// <summary>What the watcher on this node has in its ledger; null: there is no watcher here any more.</summary>
    void LedgerChanged(RunLedger? ledger);
}
