using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Watching;

/// <summary>The pods of the watched namespaces.</summary>
internal interface IPodWatcher
{
    /// <summary>
    /// All that happens to pods from a resume token on. Begins with a list when the token is empty or too old, or when other pods were
    /// selected then. Goes on until it is cancelled; failures of the API server are retried inside.
    /// </summary>
    /// <param name="resumeToken">The resume token of the last item, or empty.</param>
    /// <param name="cancellation">Ends the watch.</param>
    IAsyncEnumerable<PodWatchItem> ReadAsync(string resumeToken, CancellationToken cancellation);

    /// <summary>Has all pods listed now, by the read that is under way, instead of when the next list is due.</summary>
    void List();

    /// <summary>Has all pods listed beside the read that is under way, which goes on: <see cref="PodWatchItem.Located"/>, and at the end <see cref="PodWatchItem.LocatingEnded"/>.</summary>
    void Locate();
}
