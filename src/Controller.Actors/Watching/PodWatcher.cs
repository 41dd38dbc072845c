using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Ledger;
using AkkaVault.Shared;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Watching;

/// <summary>
/// List, then watch, of the pods in scope (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes):
/// pages of 500, then a watch with bookmarks, which is resumed from the last version. Pods are listed again after 410 Gone, when the API
/// server has gone back to an older version, every ten minutes as a safety net, when asked to, and at the start if other pods are selected than before.
/// </summary>
internal sealed class PodWatcher : IPodWatcher
{
    private static readonly TimeSpan ResyncInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    // Until a dead watch is noticed, new pods are not seen. That takes at most the sum of these two.
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WatchOverdue = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMilliseconds(500);

    // Short, since only one controller asks, and new pods are not seen until it asks again.
    private static readonly Backoff Backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(4));
    private static readonly Backoff ListBackoff = new(TimeSpan.FromMinutes(1), ResyncInterval);

    private readonly ApiServer _api;
    private readonly KubernetesSettings _settings;
    private readonly TimeProvider _clock;
    private readonly IWatchObserver _observer;
    private readonly IPodEvents _events;
    private readonly ILogger<PodWatcher> _log;
    private readonly PodPages _pages;
    private volatile Reading? _reading;

    /// <summary>A watcher, which asks for nothing before its items are read.</summary>
    public PodWatcher(ApiServer api, KubernetesSettings settings, TimeProvider clock, IWatchObserver observer, IPodEvents events, ILogger<PodWatcher> log)
    {
        (_api, _settings, _clock, _observer, _events, _log) = (api, settings, clock, observer, events, log);
        _pages = new PodPages(api, PodsPath, Selectors, clock);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<PodWatchItem> ReadAsync(string resumeToken, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var items = Channel.CreateBounded<PodWatchItem>(new BoundedChannelOptions(1000) { SingleReader = true });
        var latest = new Reading(this, items.Writer, stop.Token);
        _reading = latest;
        var reading = Task.Run(() => latest.RunAsync(resumeToken), CancellationToken.None);
        try
        {
            await foreach (var item in items.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return item;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, latest.Locating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void List() => _reading?.AskForList();

    /// <inheritdoc/>
    public void Locate() => _reading?.Locate();

    private string PodsPath => _settings.Scope.SingleNamespace is { } name ? $"api/v1/namespaces/{Uri.EscapeDataString(name)}/pods" : "api/v1/pods";

    // Not narrowed to Pending: kubelets 1.28 to 1.31 keep Running while init containers run again (kubernetes/kubernetes#126650).
    private string Selectors => "fieldSelector=" + Uri.EscapeDataString("status.phase!=Succeeded,status.phase!=Failed")
        + (_settings.LabelSelector is { } labels ? "&labelSelector=" + Uri.EscapeDataString(labels) : "");

    /// <summary>One reading of the pods, from a resume token on.</summary>
    private sealed class Reading(PodWatcher watcher, ChannelWriter<PodWatchItem> items, CancellationToken cancellation)
    {
        private readonly HashSet<string> _warned = [];
        private readonly string _selection = ResumeToken.SelectionOf(watcher.PodsPath, watcher.Selectors, watcher._settings.Scope.ToString());
        private string _version = "";
        private string _listed = "";
        private DateTimeOffset _resyncAt;
        private int _failedLists;
        private volatile CancellationTokenSource _listAsked = new();
        private bool _isListWanted;

        // Whether this API server has given the version, or confirmed it. A version from the ledger may come from another API server.
        private bool _isVersionKnown;

        /// <summary>Ends a watch that is under way, so that a list comes next. The watch goes on after it.</summary>
        public void AskForList() => _listAsked.Cancel();

        public async Task RunAsync(string resumeToken)
        {
            (_version, _listed) = ResumeToken.Parse(resumeToken);
            // Pods that were not selected when the resume token was stored may already wait.
            _resyncAt = watcher._clock.GetUtcNow() + (_listed == _selection ? ResyncInterval : TimeSpan.Zero);
            var (failures, emptyWatches) = (0, 0);
            try
            {
                while (true)
                {
                    try
                    {
                        if (_version.Length > 0) await CheckVersionAsync(cancellation).ConfigureAwait(false);
                        if (_version.Length == 0) await ListAsync(cancellation).ConfigureAwait(false);
                        else if (_listAsked.IsCancellationRequested || watcher._clock.GetUtcNow() >= _resyncAt) await ResyncAsync(cancellation).ConfigureAwait(false);
                        var begun = watcher._clock.GetTimestamp();
                        var received = await WatchAsync(() => failures = 0, cancellation).ConfigureAwait(false);
                        // Perhaps a proxy answers in place of the API server: do not ask it again without a pause.
                        emptyWatches = received || watcher._clock.GetElapsedTime(begun) >= ShortestWatch ? 0 : emptyWatches + 1;
                        if (emptyWatches > 0) await PauseAsync(emptyWatches, cancellation).ConfigureAwait(false);
                    }
                    catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Gone)
                    {
                        watcher._observer.WatchInterrupted("gone");
                        watcher._log.LogDebug("The watch's version is gone; listing again");
                        _version = "";
                        if (failures++ > 0) await PauseAsync(failures, cancellation).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException) when (_listAsked.IsCancellationRequested && !cancellation.IsCancellationRequested)
                    {
                        watcher._log.LogDebug("All pods are listed before the watch goes on");
                    }
                    catch (Exception e) when (PodPages.IsFailure(e, cancellation))
                    {
                        failures++;
                        watcher._observer.WatchInterrupted("error");
                        watcher._log.WatchInterrupted(watcher._api.Address, ProblemOf(e));
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

        /// <summary>Lists all pods beside the watch.</summary>
        public void Locate() => Locating = Task.Run(() => new PodLocator(watcher._pages, watcher._settings.Scope, items, Failed).RunAsync(cancellation), CancellationToken.None);

        /// <summary>The last list beside the watch.</summary>
        public Task Locating { get; private set; } = Task.CompletedTask;

        private void Failed(Exception e)
        {
            watcher._observer.WatchInterrupted("error");
            watcher._log.ListFailed(watcher._api.Address, ProblemOf(e));
        }

        private static string ProblemOf(Exception e) => e is OperationCanceledException ? "no answer in time" : Causes.Of(e);

        private Task PauseAsync(int failures, CancellationToken cancellation) =>
            Task.Delay(Backoff.After(failures, Random.Shared.NextDouble()), watcher._clock, cancellation);

        /// <summary>
        /// Gives up a version that is newer than the API server's, which means that the cluster was rebuilt or restored from a backup. No
        /// API server refuses such a version: the watch would be silent until the cluster catches up. Checked before each watch, because
        /// a restore ends watches.
        /// </summary>
        private async Task CheckVersionAsync(CancellationToken cancellation)
        {
            string? servers;
            try
            {
                servers = await watcher._pages.VersionAsync(cancellation).ConfigureAwait(false);
            }
            catch (ApiServerException e) when (_isVersionKnown)
            {
                // The version was good before. If the request is forbidden or throttled, the watch starts all the same.
                watcher._log.LogDebug("The version could not be compared: {Problem}", e.Message);
                return;
            }

            var distance = ResourceVersion.Compare(_version, servers);
            if (distance <= 0 || (distance is null && _isVersionKnown))
            {
                _isVersionKnown = true;
                return;
            }

            if (_isVersionKnown) watcher._log.WentBack(watcher._api.Address, _version, servers);
            else watcher._log.CursorUnknown(_version, servers);
            watcher._observer.WatchInterrupted("gone");
            _version = "";
        }

        // This list is only a safety net, or tells where served runs are: its failure must not keep a good version from being watched.
        private async Task ResyncAsync(CancellationToken cancellation)
        {
            try
            {
                await ListAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (PodPages.IsFailure(e, cancellation))
            {
                _resyncAt = watcher._clock.GetUtcNow() + (_isListWanted ? Backoff : ListBackoff).After(++_failedLists, Random.Shared.NextDouble());
                watcher._observer.WatchInterrupted("error");
                if (_failedLists == 1) watcher._log.ListFailed(watcher._api.Address, ProblemOf(e));
            }
        }

        private async Task ListAsync(CancellationToken cancellation)
        {
            if (_listAsked.IsCancellationRequested) (_isListWanted, _listAsked) = (true, new CancellationTokenSource());
            var uids = ImmutableHashSet.CreateBuilder<string>();
            var version = "";
            await foreach (var page in watcher._pages.ReadAsync(cancellation).ConfigureAwait(false))
            {
                foreach (var pod in page.Items ?? [])
                {
                    if (!PodEligibility.IsAnnotated(pod)) continue;
                    uids.Add(pod.Metadata.Uid ?? "");
                    await items.WriteAsync(new PodWatchItem.Listed(Assess(pod)), cancellation).ConfigureAwait(false);
                }

                version = page.Metadata.ResourceVersion ?? "";
            }

            (_version, _listed, _failedLists, _isVersionKnown, _isListWanted) = (version, _selection, 0, true, false);
            _resyncAt = watcher._clock.GetUtcNow() + ResyncInterval;
            _warned.RemoveWhere(uid => !uids.Contains(uid));
            await items.WriteAsync(new PodWatchItem.ListEnded(uids.ToImmutable(), ResumeTokenAt(_version)), cancellation).ConfigureAwait(false);
            watcher._observer.Current();
            watcher._log.LogDebug("Listed pods: {Count} annotated, version {Version}", uids.Count, _version);
        }

        /// <returns>Whether anything was received.</returns>
        private async Task<bool> WatchAsync(Action alive, CancellationToken cancellation)
        {
            var remaining = _resyncAt - watcher._clock.GetUtcNow();
            var lasting = remaining < WatchTimeout ? TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(remaining.TotalSeconds))) : WatchTimeout;
            using var time = new CancellationTokenSource(RequestTimeout, watcher._clock);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token, _listAsked.Token);
            var path = $"{watcher.PodsPath}?watch=1&allowWatchBookmarks=true&timeoutSeconds={(int)lasting.TotalSeconds}&resourceVersion={Uri.EscapeDataString(_version)}&{watcher.Selectors}";
            using var response = await watcher._api.GetAsync(path, deadline.Token).ConfigureAwait(false);
            await ApiServerException.ThrowUnlessOkAsync(response, deadline.Token).ConfigureAwait(false);
            alive();
            watcher._observer.Current();
            // The server ends the watch in time. If it does not, the connection is dead.
            time.CancelAfter(lasting + WatchOverdue);
            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            var received = false;
            await foreach (var line in Lines.ReadAsync(body, deadline.Token).ConfigureAwait(false))
            {
                if (await HandleLineAsync(line, cancellation).ConfigureAwait(false) is not { } version) continue;
                (_version, received) = (version, true);
            }

            return received;
        }

        private async Task<string?> HandleLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
        {
            var type = JsonSerializer.Deserialize(line.Span, PodJson.Default.WatchEventType)?.Type;
            if (type == "ERROR")
            {
                var status = JsonSerializer.Deserialize(line.Span, PodJson.Default.StatusWatchEvent)?.Object;
                throw new ApiServerException(status?.Code ?? 0, status?.Message ?? "the watch failed");
            }

            var pod = JsonSerializer.Deserialize(line.Span, PodJson.Default.PodWatchEvent)?.Object;
            if (pod?.Metadata.ResourceVersion is not { } version) return null;
            var resumeToken = ResumeTokenAt(version);
            PodWatchItem? item = type switch
            {
                "BOOKMARK" => new PodWatchItem.Bookmark(resumeToken),
                "DELETED" => new PodWatchItem.Deleted(pod.Metadata.Uid ?? "", resumeToken),
                "ADDED" or "MODIFIED" => new PodWatchItem.Changed(Assess(pod), resumeToken),
                _ => null,
            };
            if (item is not null) await items.WriteAsync(item, cancellation).ConfigureAwait(false);
            if (type == "DELETED") _warned.Remove(pod.Metadata.Uid ?? "");
            return version;
        }

        private string ResumeTokenAt(string version) => new ResumeToken(version, _listed).ToString();

        private ObservedPod Assess(PodObject pod)
        {
            var seen = PodEligibility.Assess(pod, watcher._settings.Scope);
            if (watcher._settings.Scope.Includes(pod.Metadata.Namespace ?? "") && PodEligibility.Mistake(pod) is { } problem && _warned.Add(seen.Uid))
            {
                watcher._log.PodMisconfigured(pod.Metadata.Namespace, pod.Metadata.Name, problem);
                if (pod.Metadata is { Namespace: { } ns, Name: { } name, DeletionTimestamp: null } && pod.Status?.Phase is not ("Succeeded" or "Failed"))
                    watcher._events.Tell(ns, name, seen.Uid, PodEventReason.VaultSecretFailed, $"{problem}. The pod gets no secret until that is corrected.");
            }

            return seen;
        }
    }
}
