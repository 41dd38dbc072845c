using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Watching;

/// <summary>The pods of the watched namespaces.</summary>
public interface IPodWatcher
{
    /// <summary>
    /// All that happens to pods from a cursor on; from a fresh list when it is empty, too old, or was reached with other pods selected. Goes on until cancelled:
    /// failures of the API server are retried inside.
    /// </summary>
    /// <param name="cursor">The cursor that was taken in last, or empty.</param>
    /// <param name="cancellation">Ends the feed.</param>
    IAsyncEnumerable<PodWatchItem> ReadAsync(string cursor, CancellationToken cancellation);
}
