using System.Text.Json;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Controller.Watching;

/// <summary>Lists pods, in pages.</summary>
/// <param name="api">The API server.</param>
/// <param name="path">Where the pods are.</param>
/// <param name="selectors">What selects pods, as a query.</param>
/// <param name="clock">Times requests out.</param>
internal sealed class PodPages(ApiServer api, string path, string selectors, TimeProvider clock)
{
    private const int PageSize = 500;
    private const int LongList = 10;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Whether an exception is a failure of the API server or of the way to it.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="cancellation">What was to end the request; that is no failure.</param>
    public static bool IsFailure(Exception e, CancellationToken cancellation) => e is HttpRequestException or IOException or JsonException or ApiServerException
        || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    /// <summary>All pages, of one version.</summary>
    public async IAsyncEnumerable<PodListDocument> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var (next, pages) = ("", 0);
        using var body = new MemoryStream();
        do
        {
            var page = await GetAsync($"{path}?limit={PageSize}&{selectors}{(next.Length > 0 ? "&continue=" + Uri.EscapeDataString(next) : "")}", body, cancellation).ConfigureAwait(false);
            yield return page;
            next = page.Metadata.Continue ?? "";
            pages++;
        }
        while (next.Length > 0);

        // What a long list leaves behind would stay in memory: after it there is mostly nothing to do, and nothing makes .NET collect it.
        if (pages >= LongList) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>The API server's version. Asked for without selectors, because an old API server reads pod after pod until one is selected.</summary>
    public async Task<string?> VersionAsync(CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        return (await GetAsync($"{path}?limit=1", body, cancellation).ConfigureAwait(false)).Metadata.ResourceVersion;
    }

    private async Task<PodListDocument> GetAsync(string pageOf, MemoryStream body, CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(RequestTimeout, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
        using var response = await api.GetAsync(pageOf, deadline.Token).ConfigureAwait(false);
        await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
        // Read whole: JSON that is parsed as its parts arrive takes more processor time.
        body.SetLength(0);
        await response.Content.CopyToAsync(body, deadline.Token).ConfigureAwait(false);
        return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), PodJson.Default.PodListDocument)
            ?? throw new JsonException("expected a pod list, got null");
    }
}
