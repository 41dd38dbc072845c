using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>The watcher's ledger as its observer sees it; null while there is no watcher.</summary>
internal sealed class LedgerAsObserved : IWatcherObserver
{
    public volatile RunLedger? Current;

    public void LedgerChanged(RunLedger ledger) => Current = ledger;

    public void WatcherStarted()
    {
    }

    public void WatcherStopped() => Current = null;
}
