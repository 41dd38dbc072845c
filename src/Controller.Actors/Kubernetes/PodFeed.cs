using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Pods;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>Is told how the watch goes: metrics and readiness.</summary>
public interface IWatchObserver
{
    /// <summary>A list was read: from now on the watch is current.</summary>
    void Listed();

    /// <summary>The watch was interrupted and is taken up again.</summary>
    void WatchInterrupted(string reason);
}

/// <summary>
/// List, then watch, of the pods in scope (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes):
/// pages of 500, bookmarks, a new list on 410 Gone, otherwise on from the last version, a full list every ten minutes as a safety net.
/// </summary>
public sealed class PodFeed : IPodFeed
{
    private static readonly TimeSpan ResyncInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromMinutes(5);
    private static readonly Backoff Backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(15));

    private readonly ApiServer _api;
    private readonly KubernetesSettings _settings;
    private readonly TimeProvider _clock;
    private readonly IWatchObserver _observer;
    private readonly ILogger<PodFeed> _log;

    /// <summary>A feed; it reads nothing until it is asked to.</summary>
    public PodFeed(ApiServer api, KubernetesSettings settings, TimeProvider clock, IWatchObserver observer, ILogger<PodFeed> log) =>
        (_api, _settings, _clock, _observer, _log) = (api, settings, clock, observer, log);

    /// <inheritdoc/>
    public async IAsyncEnumerable<PodFeedItem> ReadAsync(string cursor, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var items = Channel.CreateBounded<PodFeedItem>(new BoundedChannelOptions(1000) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => new Reading(this, items.Writer).RunAsync(cursor, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in items.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return item;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string PodsPath => _settings.Scope.SingleNamespace is { } name ? $"api/v1/namespaces/{Uri.EscapeDataString(name)}/pods" : "api/v1/pods";

    // Not narrowed to Pending: kubelets 1.28 to 1.31 keep Running while init containers run again (kubernetes/kubernetes#126650).
    private string Selectors => "fieldSelector=" + Uri.EscapeDataString("status.phase!=Succeeded,status.phase!=Failed")
        + (_settings.LabelSelector is { } labels ? "&labelSelector=" + Uri.EscapeDataString(labels) : "");

    /// <summary>One run of the feed: where it is, and where its items go.</summary>
    private sealed class Reading(PodFeed feed, ChannelWriter<PodFeedItem> items)
    {
        private readonly HashSet<string> _complained = [];
        private string _version = "";
        private DateTimeOffset _resyncAt;

        public async Task RunAsync(string cursor, CancellationToken cancellation)
        {
            _version = cursor;
            _resyncAt = feed._clock.GetUtcNow() + ResyncInterval;
            var failures = 0;
            var checkedCursor = cursor.Length == 0;
            try
            {
                while (true)
                {
                    try
                    {
                        if (!checkedCursor) await CheckCursorAsync(cancellation).ConfigureAwait(false);
                        checkedCursor = true;
                        if (_version.Length == 0 || feed._clock.GetUtcNow() >= _resyncAt) await ListAsync(cancellation).ConfigureAwait(false);
                        await WatchAsync(() => failures = 0, cancellation).ConfigureAwait(false);
                    }
                    catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Gone)
                    {
                        feed._observer.WatchInterrupted("gone");
                        feed._log.LogDebug("The watch's version is gone; listing again");
                        _version = "";
                        if (failures++ > 0) await PauseAsync(failures, cancellation).ConfigureAwait(false);
                    }
                    catch (Exception e) when (e is HttpRequestException or IOException or JsonException or ApiServerException
                        || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
                    {
                        failures++;
                        feed._observer.WatchInterrupted("error");
                        feed._log.WatchInterrupted(feed._api.Address, e is OperationCanceledException ? "no answer in time" : e.Message);
                        await PauseAsync(failures, cancellation).ConfigureAwait(false);
                    }
                }
            }
            catch (Exception e)
            {
                items.Complete(e);
                throw;
            }
        }

        private Task PauseAsync(int failures, CancellationToken cancellation) =>
            Task.Delay(Backoff.After(failures, Random.Shared.NextDouble()), feed._clock, cancellation);

        /// <summary>
        /// A cursor from the future (a cluster that was rebuilt or restored) would give a watch that is silent until the cluster
        /// catches up: such a cursor is dropped.
        /// </summary>
        private async Task CheckCursorAsync(CancellationToken cancellation)
        {
            var list = await GetListAsync($"{feed.PodsPath}?limit=1&{feed.Selectors}", cancellation).ConfigureAwait(false);
            if (ulong.TryParse(_version, out var ours) && ulong.TryParse(list.Metadata.ResourceVersion, out var theirs) && ours <= theirs) return;
            feed._log.CursorUnknown(_version, list.Metadata.ResourceVersion);
            _version = "";
        }

        private async Task ListAsync(CancellationToken cancellation)
        {
            var uids = ImmutableHashSet.CreateBuilder<string>();
            var next = "";
            PodListDocument page;
            do
            {
                page = await GetListAsync($"{feed.PodsPath}?limit=500&{feed.Selectors}{(next.Length > 0 ? "&continue=" + Uri.EscapeDataString(next) : "")}", cancellation).ConfigureAwait(false);
                foreach (var pod in page.Items ?? [])
                {
                    if (!PodEligibility.IsAnnotated(pod)) continue;
                    uids.Add(pod.Metadata.Uid ?? "");
                    await items.WriteAsync(new PodFeedItem.Listed(Assess(pod)), cancellation).ConfigureAwait(false);
                }

                next = page.Metadata.Continue ?? "";
            }
            while (next.Length > 0);

            _version = page.Metadata.ResourceVersion ?? "";
            _resyncAt = feed._clock.GetUtcNow() + ResyncInterval;
            _complained.RemoveWhere(uid => !uids.Contains(uid));
            await items.WriteAsync(new PodFeedItem.ListEnded(uids.ToImmutable(), _version), cancellation).ConfigureAwait(false);
            feed._observer.Listed();
            feed._log.LogDebug("Listed pods: {Count} annotated, version {Version}", uids.Count, _version);
        }

        private async Task<PodListDocument> GetListAsync(string path, CancellationToken cancellation)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(RequestTimeout);
            using var response = await feed._api.GetAsync(path, deadline.Token).ConfigureAwait(false);
            await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, KubernetesJson.Default.PodListDocument, deadline.Token).ConfigureAwait(false)
                ?? throw new JsonException("null is no pod list");
        }

        private async Task WatchAsync(Action alive, CancellationToken cancellation)
        {
            var remaining = _resyncAt - feed._clock.GetUtcNow();
            var lasting = remaining < WatchTimeout ? TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(remaining.TotalSeconds))) : WatchTimeout;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            // The server ends the watch; a connection that outlives it is dead.
            deadline.CancelAfter(lasting + RequestTimeout);
            var path = $"{feed.PodsPath}?watch=1&allowWatchBookmarks=true&timeoutSeconds={(int)lasting.TotalSeconds}&resourceVersion={Uri.EscapeDataString(_version)}&{feed.Selectors}";
            using var response = await feed._api.GetAsync(path, deadline.Token).ConfigureAwait(false);
            await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
            alive();
            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            await foreach (var line in Lines.ReadAsync(body, deadline.Token).ConfigureAwait(false))
            {
                if (await TakeAsync(line, cancellation).ConfigureAwait(false) is { } version) _version = version;
            }
        }

        private async Task<string?> TakeAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
        {
            var type = JsonSerializer.Deserialize(line.Span, KubernetesJson.Default.WatchEventType)?.Type;
            if (type == "ERROR")
            {
                var status = JsonSerializer.Deserialize(line.Span, KubernetesJson.Default.StatusWatchEvent)?.Object;
                throw new ApiServerException(status?.Code ?? 0, status?.Message ?? "the watch failed");
            }

            var pod = JsonSerializer.Deserialize(line.Span, KubernetesJson.Default.PodWatchEvent)?.Object;
            if (pod?.Metadata.ResourceVersion is not { } version) return null;
            PodFeedItem? item = type switch
            {
                "BOOKMARK" => new PodFeedItem.Bookmark(version),
                "DELETED" => new PodFeedItem.Deleted(pod.Metadata.Uid ?? "", version),
                "ADDED" or "MODIFIED" => new PodFeedItem.Changed(Assess(pod), version),
                _ => null,
            };
            if (item is not null) await items.WriteAsync(item, cancellation).ConfigureAwait(false);
            if (type == "DELETED") _complained.Remove(pod.Metadata.Uid ?? "");
            return version;
        }

        private PodSeen Assess(PodDocument pod)
        {
            var seen = PodEligibility.Assess(pod, feed._settings.Scope);
            if (feed._settings.Scope.Includes(pod.Metadata.Namespace ?? "") && PodEligibility.Mistake(pod) is { } problem && _complained.Add(seen.Uid))
                feed._log.PodMistaken(pod.Metadata.Namespace, pod.Metadata.Name, problem);
            return seen;
        }
    }
}
