using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Watching;

/// <summary>Is told what the watcher does: metrics.</summary>
public interface IWatcherObserver
{
    /// <summary>The ledger has changed.</summary>
    void LedgerChanged(RunLedger ledger);

    /// <summary>A watcher has started on this node.</summary>
    void WatcherStarted();

    /// <summary>It has stopped: this node knows of no pod any more, and is not the leader.</summary>
    void WatcherStopped();
}
