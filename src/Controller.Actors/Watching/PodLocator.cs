using System.Threading.Channels;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Watching;

/// <summary>Lists all pods beside the watch, once, and tells where their runs are.</summary>
/// <param name="pages">The list.</param>
/// <param name="scope">The watched namespaces.</param>
/// <param name="items">Gets what was found, and that it has ended.</param>
/// <param name="failed">Is told if the list fails.</param>
internal sealed class PodLocator(PodPages pages, WatchScope scope, ChannelWriter<PodWatchItem> items, Action<Exception> failed)
{
    /// <summary>Reads the list.</summary>
    /// <param name="cancellation">Ends it together with the watch.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var page in pages.ReadAsync(cancellation).ConfigureAwait(false))
            {
                foreach (var pod in page.Items ?? [])
                {
                    if (PodEligibility.Assess(pod, scope).Target is { } target) await items.WriteAsync(new PodWatchItem.Located(target), cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (PodPages.IsFailure(e, cancellation))
        {
            failed(e);
        }

        await items.WriteAsync(new PodWatchItem.LocatingEnded(), cancellation).ConfigureAwait(false);
    }
}
