using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Ledger;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Watching;

/// <summary>Is told how the watch goes: metrics and readiness.</summary>
public interface IWatchObserver
{
    /// <summary>A list was read, or a watch was answered: what the API server has is known from now on.</summary>
    void Current();

    /// <summary>The watch was interrupted and is taken up again.</summary>
    void WatchInterrupted(string reason);
}

/// <summary>
/// List, then watch, of the pods in scope (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes):
/// pages of 500, bookmarks, a new list on 410 Gone and when the API server has gone back to an older version, otherwise on from the last
/// version, a full list every ten minutes as a safety net, and at the start when other pods are selected than were before.
/// </summary>
public sealed class PodWatcher : IPodWatcher
{
    private static readonly TimeSpan ResyncInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    // Pods that start wait unseen while nobody notices that a watch is dead: both together are the longest they may.
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WatchOverdue = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMilliseconds(500);

    // Short: one controller asks, and pods that start wait unseen until an API server that is back is asked again.
    private static readonly Backoff Backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(4));
    private static readonly Backoff ListBackoff = new(TimeSpan.FromMinutes(1), ResyncInterval);

    private readonly ApiServer _api;
    private readonly KubernetesSettings _settings;
    private readonly TimeProvider _clock;
    private readonly IWatchObserver _observer;
    private readonly IPodEvents _events;
    private readonly ILogger<PodWatcher> _log;

    /// <summary>A feed; it reads nothing until it is asked to.</summary>
    public PodWatcher(ApiServer api, KubernetesSettings settings, TimeProvider clock, IWatchObserver observer, IPodEvents events, ILogger<PodWatcher> log) =>
        (_api, _settings, _clock, _observer, _events, _log) = (api, settings, clock, observer, events, log);

    /// <inheritdoc/>
    public async IAsyncEnumerable<PodWatchItem> ReadAsync(string cursor, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var items = Channel.CreateBounded<PodWatchItem>(new BoundedChannelOptions(1000) { SingleReader = true, SingleWriter = true });
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

    private string Selection => ResumeToken.SelectionOf(PodsPath, Selectors, _settings.Scope.ToString());

    /// <summary>One run of the feed: where it is, and where its items go.</summary>
    private sealed class Reading(PodWatcher feed, ChannelWriter<PodWatchItem> items)
    {
        private readonly HashSet<string> _complained = [];
        private readonly string _selection = feed.Selection;
        private string _version = "";
        private string _listed = "";
        private DateTimeOffset _resyncAt;
        private int _failedLists;

        // Whether the version is from this API server, not from a store.
        private bool _isServers;

        public async Task RunAsync(string cursor, CancellationToken cancellation)
        {
            (_version, _listed) = ResumeToken.Parse(cursor);
            // Pods that were not selected when the cursor was stored may wait already.
            _resyncAt = feed._clock.GetUtcNow() + (_listed == _selection ? ResyncInterval : TimeSpan.Zero);
            var (failures, inVain) = (0, 0);
            try
            {
                while (true)
                {
                    try
                    {
                        if (_version.Length > 0) await CheckVersionAsync(cancellation).ConfigureAwait(false);
                        if (_version.Length == 0) await ListAsync(cancellation).ConfigureAwait(false);
                        else if (feed._clock.GetUtcNow() >= _resyncAt) await ResyncAsync(cancellation).ConfigureAwait(false);
                        var begun = feed._clock.GetTimestamp();
                        var heard = await WatchAsync(() => failures = 0, cancellation).ConfigureAwait(false);
                        // A proxy that answers in the server's place, maybe: it is not to be asked without a pause.
                        inVain = heard || feed._clock.GetElapsedTime(begun) >= ShortestWatch ? 0 : inVain + 1;
                        if (inVain > 0) await PauseAsync(inVain, cancellation).ConfigureAwait(false);
                    }
                    catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Gone)
                    {
                        feed._observer.WatchInterrupted("gone");
                        feed._log.LogDebug("The watch's version is gone; listing again");
                        _version = "";
                        if (failures++ > 0) await PauseAsync(failures, cancellation).ConfigureAwait(false);
                    }
                    catch (Exception e) when (IsFailure(e, cancellation))
                    {
                        failures++;
                        feed._observer.WatchInterrupted("error");
                        feed._log.WatchInterrupted(feed._api.Address, ProblemOf(e));
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

        private static bool IsFailure(Exception e, CancellationToken cancellation) => e is HttpRequestException or IOException or JsonException or ApiServerException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

        private static string ProblemOf(Exception e) => e is OperationCanceledException ? "no answer in time" : Causes.Of(e);

        private Task PauseAsync(int failures, CancellationToken cancellation) =>
            Task.Delay(Backoff.After(failures, Random.Shared.NextDouble()), feed._clock, cancellation);

        /// <summary>
        /// A version from the future (a cluster that was rebuilt, or restored from a backup) would give a watch that is silent until the
        /// cluster catches up: no API server refuses it. It is dropped. Asked before each watch, for a restore ends watches.
        /// </summary>
        private async Task CheckVersionAsync(CancellationToken cancellation)
        {
            string? theirs;
            try
            {
                // Nothing is selected: an old API server reads the pods one by one until one is.
                theirs = (await GetListAsync($"{feed.PodsPath}?limit=1", cancellation).ConfigureAwait(false)).Metadata.ResourceVersion;
            }
            catch (ApiServerException e) when (_isServers)
            {
                // It was good; whoever may not ask, or is told to wait, watches all the same.
                feed._log.LogDebug("The version could not be compared: {Problem}", e.Message);
                return;
            }

            var distance = ResourceVersion.Compare(_version, theirs);
            if (distance <= 0 || (distance is null && _isServers))
            {
                _isServers = true;
                return;
            }

            if (_isServers) feed._log.WentBack(feed._api.Address, _version, theirs);
            else feed._log.CursorUnknown(_version, theirs);
            feed._observer.WatchInterrupted("gone");
            _version = "";
        }

        // A list that is only a safety net must not keep a good version from being watched.
        private async Task ResyncAsync(CancellationToken cancellation)
        {
            try
            {
                await ListAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (IsFailure(e, cancellation))
            {
                _resyncAt = feed._clock.GetUtcNow() + ListBackoff.After(++_failedLists, Random.Shared.NextDouble());
                feed._observer.WatchInterrupted("error");
                if (_failedLists == 1) feed._log.ListFailed(feed._api.Address, ProblemOf(e));
            }
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
                    await items.WriteAsync(new PodWatchItem.Listed(Assess(pod)), cancellation).ConfigureAwait(false);
                }

                next = page.Metadata.Continue ?? "";
            }
            while (next.Length > 0);

            (_version, _listed, _failedLists, _isServers) = (page.Metadata.ResourceVersion ?? "", _selection, 0, true);
            _resyncAt = feed._clock.GetUtcNow() + ResyncInterval;
            _complained.RemoveWhere(uid => !uids.Contains(uid));
            await items.WriteAsync(new PodWatchItem.ListEnded(uids.ToImmutable(), CursorAt(_version)), cancellation).ConfigureAwait(false);
            feed._observer.Current();
            feed._log.LogDebug("Listed pods: {Count} annotated, version {Version}", uids.Count, _version);
        }

        private async Task<PodListDocument> GetListAsync(string path, CancellationToken cancellation)
        {
            using var time = new CancellationTokenSource(RequestTimeout, feed._clock);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
            using var response = await feed._api.GetAsync(path, deadline.Token).ConfigureAwait(false);
            await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, PodJson.Default.PodListDocument, deadline.Token).ConfigureAwait(false)
                ?? throw new JsonException("null is no pod list");
        }

        /// <returns>Whether anything was heard.</returns>
        private async Task<bool> WatchAsync(Action alive, CancellationToken cancellation)
        {
            var remaining = _resyncAt - feed._clock.GetUtcNow();
            var lasting = remaining < WatchTimeout ? TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(remaining.TotalSeconds))) : WatchTimeout;
            using var time = new CancellationTokenSource(RequestTimeout, feed._clock);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
            var path = $"{feed.PodsPath}?watch=1&allowWatchBookmarks=true&timeoutSeconds={(int)lasting.TotalSeconds}&resourceVersion={Uri.EscapeDataString(_version)}&{feed.Selectors}";
            using var response = await feed._api.GetAsync(path, deadline.Token).ConfigureAwait(false);
            await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
            alive();
            feed._observer.Current();
            // The server ends the watch; a connection that outlives it is dead.
            time.CancelAfter(lasting + WatchOverdue);
            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            var heard = false;
            await foreach (var line in Lines.ReadAsync(body, deadline.Token).ConfigureAwait(false))
            {
                if (await TakeAsync(line, cancellation).ConfigureAwait(false) is not { } version) continue;
                (_version, heard) = (version, true);
            }

            return heard;
        }

        private async Task<string?> TakeAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
        {
            var type = JsonSerializer.Deserialize(line.Span, PodJson.Default.WatchEventType)?.Type;
            if (type == "ERROR")
            {
                var status = JsonSerializer.Deserialize(line.Span, PodJson.Default.StatusWatchEvent)?.Object;
                throw new ApiServerException(status?.Code ?? 0, status?.Message ?? "the watch failed");
            }

            var pod = JsonSerializer.Deserialize(line.Span, PodJson.Default.PodWatchEvent)?.Object;
            if (pod?.Metadata.ResourceVersion is not { } version) return null;
            var cursor = CursorAt(version);
            PodWatchItem? item = type switch
            {
                "BOOKMARK" => new PodWatchItem.Bookmark(cursor),
                "DELETED" => new PodWatchItem.Deleted(pod.Metadata.Uid ?? "", cursor),
                "ADDED" or "MODIFIED" => new PodWatchItem.Changed(Assess(pod), cursor),
                _ => null,
            };
            if (item is not null) await items.WriteAsync(item, cancellation).ConfigureAwait(false);
            if (type == "DELETED") _complained.Remove(pod.Metadata.Uid ?? "");
            return version;
        }

        private string CursorAt(string version) => new ResumeToken(version, _listed).ToString();

        private ObservedPod Assess(PodObject pod)
        {
            var seen = PodEligibility.Assess(pod, feed._settings.Scope);
            if (feed._settings.Scope.Includes(pod.Metadata.Namespace ?? "") && PodEligibility.Mistake(pod) is { } problem && _complained.Add(seen.Uid))
            {
                feed._log.PodMistaken(pod.Metadata.Namespace, pod.Metadata.Name, problem);
                if (pod.Metadata is { Namespace: { } ns, Name: { } name, DeletionTimestamp: null } && pod.Status?.Phase is not ("Succeeded" or "Failed"))
                    feed._events.Tell(ns, name, seen.Uid, PodEventReason.VaultSecretFailed, $"{problem}. The pod gets no secret before that is corrected.");
            }

            return seen;
        }
    }
}
