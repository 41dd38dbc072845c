using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Watching;

/// <summary>Counts what the watcher does, for metrics.</summary>
internal interface IWatcherObserver
{
    /// <summary>The ledger has changed.</summary>
    void LedgerChanged(RunLedger ledger);

    /// <summary>A watcher has started on this node.</summary>
    void WatcherStarted();

    /// <summary>The watcher on this node has stopped: this node knows of no pod any more, and is not the leader.</summary>
    void WatcherStopped();
}
