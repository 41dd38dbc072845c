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

    /// <summary>All pages, of one version. While a page is parsed and handled, the API server is already asked for the next one.</summary>
    public async IAsyncEnumerable<PodListDocument> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        MemoryStream[] bodies = [new(), new()];
        var (next, pages) = ("", 0);
        var receiving = ReceiveAsync(PageAt(next), bodies[0], ended.Token);
        try
        {
            do
            {
                await receiving.ConfigureAwait(false);
                var body = bodies[pages++ % 2];
                next = ContinueOf(Written(body));
                if (next.Length > 0) receiving = ReceiveAsync(PageAt(next), bodies[pages % 2], ended.Token);
                yield return Parse(Written(body));
            }
            while (next.Length > 0);
        }
        finally
        {
            // The caller may have ended early.
            await ended.CancelAsync().ConfigureAwait(false);
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Array.Clear(bodies);
        }

        // What a long list leaves behind would stay in memory: after it there is mostly nothing to do, and nothing makes .NET collect it.
        if (pages >= LongList) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>The API server's version. Asked for without selectors, because an old API server reads pod after pod until one is selected.</summary>
    public async Task<string?> VersionAsync(CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await ReceiveAsync($"{path}?limit=1", body, cancellation).ConfigureAwait(false);
        return Parse(Written(body)).Metadata.ResourceVersion;
    }

    private string PageAt(string next) => $"{path}?limit={PageSize}&{selectors}{(next.Length > 0 ? "&continue=" + Uri.EscapeDataString(next) : "")}";

    // Received whole: JSON that is parsed as its parts arrive takes more processor time.
    private async Task ReceiveAsync(string page, MemoryStream body, CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(RequestTimeout, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
        using var response = await api.GetAsync(page, deadline.Token).ConfigureAwait(false);
        await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
        body.SetLength(0);
        await response.Content.CopyToAsync(body, deadline.Token).ConfigureAwait(false);
    }

    private static ReadOnlySpan<byte> Written(MemoryStream body) => body.GetBuffer().AsSpan(0, (int)body.Length);

    private static PodListDocument Parse(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize(body, PodJson.Default.PodListDocument) ?? throw new JsonException("expected a pod list, got null");

    /// <summary>What names the next page; empty: there is none. API servers write it before the pods.</summary>
    internal static string ContinueOf(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8) && reader.Read()) return JsonSerializer.Deserialize(ref reader, PodJson.Default.ListMetadata)?.Continue ?? "";
            reader.Skip();
        }

        return "";
    }
}
