using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Actors.Tests.Logging;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Watching;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Tests.TestKit;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>A pod watcher over HTTP against a simulated API server, with a clock that the test sets.</summary>
public abstract class PodWatcherTest : IAsyncLifetime, IWatchObserver, IPodEvents
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private protected readonly TestClock _clock = new(DateTimeOffset.UtcNow);
    private protected readonly RecordingLog<PodWatcher> _log = new();
    private protected readonly ConcurrentQueue<PodWatchItem> _items = [];
    private protected readonly ConcurrentQueue<string> _asked = [];
    private protected readonly ConcurrentQueue<string> _interruptions = [];
    private protected readonly ConcurrentQueue<string> _events = [];
    private protected int _current;
    private CancellationTokenSource _stopped = new();
    private protected SimulatedApiServer _server = null!;
    private protected PodWatcher _watcher = null!;
    private ApiServer _api = null!;
    private HttpClient _admin = null!;
    private Task _reading = Task.CompletedTask;
    private protected Func<string, int?> _fault = _ => null;

    public async Task InitializeAsync()
    {
        _server = await SimulatedApiServer.StartAsync();
        _server.Fault = Ask;
        _api = ApiServer.For(_server.Address, _server.Token);
        _admin = new HttpClient { BaseAddress = _server.Address };
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _server.Token);
    }

    public async Task DisposeAsync()
    {
        await _stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _reading.WaitAsync(Deadline));
        _admin.Dispose();
        _api.Dispose();
        await _server.DisposeAsync();
        _stopped.Dispose();
    }

    void IWatchObserver.Current() => Interlocked.Increment(ref _current);

    void IWatchObserver.WatchInterrupted(string reason) => _interruptions.Enqueue(reason);

    void IPodEvents.Tell(string ns, string pod, string uid, PodEventReason reason, string message) => _events.Enqueue($"{ns}/{pod} {uid} {reason}: {message}");

    private protected IReadOnlyList<string> Verbs => [.. _asked.Select(VerbOf)];

    private static string VerbOf(string query) =>
        query.Contains("watch=1", StringComparison.Ordinal) ? "watch" : query == "?limit=1" ? "check" : "list";

    private int? Ask(HttpRequest request)
    {
        if (request.Method != "GET") return null;
        var query = request.QueryString.Value!;
        _asked.Enqueue(query);
        return _fault(VerbOf(query));
    }

    private protected Task WatchAsync(string scope = "~.*", string? labels = null)
    {
        Read("", scope, labels);
        return UntilAsync(() => _items.OfType<PodWatchItem.ListEnded>().Any(), "the pods are listed");
    }

    private protected void Read(string resumeToken = "", string scope = "~.*", string? labels = null)
    {
        _watcher = new PodWatcher(_api, new KubernetesSettings(WatchScope.Parse(scope), "kubernetes-vault", "kubernetes-vault", labels), _clock, this, this, _log);
        _reading = ReadAsync(resumeToken);
    }

    private async Task ReadAsync(string resumeToken)
    {
        await foreach (var item in _watcher.ReadAsync(resumeToken, _stopped.Token)) _items.Enqueue(item);
    }

    /// <summary>Stops the watcher, and forgets its items and requests.</summary>
    /// <returns>The last resume token of the watcher.</returns>
    private protected async Task<string> StopAsync()
    {
        await _stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _reading.WaitAsync(Deadline));
        _stopped.Dispose();
        _stopped = new CancellationTokenSource();
        var resumeToken = _items.Select(ResumeTokenOf).OfType<string>().Last();
        _items.Clear();
        _asked.Clear();
        return resumeToken;
    }

    private protected static string? ResumeTokenOf(PodWatchItem item) => item switch
    {
        PodWatchItem.ListEnded ended => ended.ResumeToken,
        PodWatchItem.Changed changed => changed.ResumeToken,
        PodWatchItem.Bookmark bookmark => bookmark.ResumeToken,
        _ => null,
    };

    private protected async Task<string> CreateAsync(string name, string ns = "default", string container = "install")
    {
        var pod = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["annotations"] = new JsonObject { [PodEligibility.RoleAnnotation] = "web", [PodEligibility.ContainerAnnotation] = container },
            },
            ["spec"] = new JsonObject
            {
                ["initContainers"] = new JsonArray(new JsonObject { ["name"] = "install", ["image"] = "init" }),
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app" }),
            },
        };
        using var answer = await _admin.PostAsync(new Uri($"api/v1/namespaces/{ns}/pods", UriKind.Relative), new StringContent(pod.ToJsonString(), Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["metadata"]!["uid"]!;
    }

    /// <summary>Reports that a pod's init container runs.</summary>
    private protected async Task RunsAsync(string name)
    {
        const string Status = """{"status":{"podIP":"10.1.0.5","initContainerStatuses":[{"name":"install","containerID":"containerd://1","state":{"running":{"startedAt":"2026-11-24T01:02:03Z"}}}]}}""";
        using var answer = await _admin.PatchAsync(
            new Uri($"api/v1/namespaces/default/pods/{name}/status", UriKind.Relative), new StringContent(Status, Encoding.UTF8, "application/merge-patch+json"));
        answer.EnsureSuccessStatusCode();
    }

    private protected Task SeenAsync(string uid, TimeSpan? step = null) =>
        UntilAsync(() => _items.Any(item => (item as PodWatchItem.Changed)?.Pod.Uid == uid || (item as PodWatchItem.Listed)?.Pod.Uid == uid), $"pod {uid} is seen", step);

    /// <summary>Waits for a condition while the watcher's clock advances, so slowly that only its pauses end.</summary>
    private protected async Task UntilAsync(Func<bool> condition, string what, TimeSpan? step = null)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, what);
            _clock.Advance(step ?? TimeSpan.FromMilliseconds(10));
            await timer.WaitForNextTickAsync();
        }
    }
}
