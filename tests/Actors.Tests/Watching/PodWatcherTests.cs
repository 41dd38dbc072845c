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
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>The feed over HTTP against a simulated API server, by a clock that a test sets.</summary>
public sealed class PodWatcherTests : IAsyncLifetime, IWatchObserver, IPodEvents
{
    private const int Interrupted = 1300;
    private const int CursorUnknown = 1301;
    private const int PodMistaken = 1302;
    private const int ListFailed = 1307;
    private const int WentBack = 1310;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly RecordingLog<PodWatcher> _log = new();
    private readonly ConcurrentQueue<PodWatchItem> _items = [];
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly ConcurrentQueue<string> _interruptions = [];
    private readonly ConcurrentQueue<string> _events = [];
    private int _current;
    private CancellationTokenSource _stopped = new();
    private SimulatedApiServer _server = null!;
    private ApiServer _api = null!;
    private HttpClient _admin = null!;
    private Task _reading = Task.CompletedTask;
    private Func<string, int?> _fault = _ => null;

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

    [Fact]
    public async Task A_watch_that_went_silent_is_taken_up_again_within_40_seconds()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("heard"));
        _server.FreezeWatches();
        var unheard = await CreateAsync("unheard");
        _clock.Advance(TimeSpan.FromSeconds(40));
        await SeenAsync(unheard);
        Assert.Equal(["error"], _interruptions);
        Assert.Equal(["list", "watch", "check", "watch"], Verbs);
    }

    [Fact]
    public async Task A_watch_that_ends_in_its_time_goes_on_and_is_no_error()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        // Right before the next list watches are as short as can be.
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        _server.DropWatches();
        await UntilAsync(() => _asked.Count(asked => asked.Contains("timeoutSeconds=1&", StringComparison.Ordinal)) >= 2, "a watch ends and is taken up again", TimeSpan.FromMilliseconds(5));
        await SeenAsync(await CreateAsync("second"));
        // The one that was broken; of those that ended, none.
        Assert.Equal(["error"], _interruptions);
        Assert.Single(_log.Entries, entry => entry.Id == Interrupted);
    }

    [Fact]
    public async Task A_list_that_fails_does_not_keep_it_from_watching_and_is_said_once()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        _fault = verb => verb == "list" ? 429 : null;
        _clock.Advance(TimeSpan.FromMinutes(10));
        _server.DropWatches();
        await UntilAsync(() => Verbs.Count(verb => verb == "list") == 2, "the pods are listed again");
        await SeenAsync(await CreateAsync("second"));
        await UntilAsync(() => Verbs.Count(verb => verb == "list") >= 4, "it is tried again", TimeSpan.FromSeconds(5));
        await SeenAsync(await CreateAsync("third"));
        Assert.Contains("429", Assert.Single(_log.Entries, entry => entry.Id == ListFailed).Text, StringComparison.Ordinal);

        _fault = _ => null;
        await UntilAsync(() => _items.OfType<PodWatchItem.ListEnded>().Count() == 2, "the pods were listed", TimeSpan.FromSeconds(5));
        Assert.Equal(3, _items.OfType<PodWatchItem.ListEnded>().Last().Uids.Count);
    }

    [Fact]
    public async Task An_API_server_that_was_away_for_long_is_asked_again_within_four_seconds()
    {
        await WatchAsync();
        _fault = _ => 503;
        _server.DropWatches();
        var away = _clock.GetUtcNow();
        await UntilAsync(() => _clock.GetUtcNow() - away > TimeSpan.FromMinutes(1), "a minute is over", TimeSpan.FromSeconds(1));
        var asked = _asked.Count;
        await UntilAsync(() => _asked.Count > asked, "it is asked in vain once more", TimeSpan.FromMilliseconds(100));
        _fault = _ => null;
        var back = _clock.GetUtcNow();
        await SeenAsync(await CreateAsync("waits"), TimeSpan.FromMilliseconds(100));
        Assert.InRange(_clock.GetUtcNow() - back, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Whoever_ends_every_watch_at_once_is_not_asked_without_a_pause()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        // As a proxy does that answers in the API server's place.
        _fault = verb => verb == "watch" ? 200 : null;
        _server.DropWatches();
        await UntilAsync(() => Verbs.Count(verb => verb == "watch") == 2, "it is watched again");
        // Its clock stands still meanwhile.
        for (var i = 0; i < 100; i++) await CreateAsync($"unseen-{i}");
        Assert.Equal(2, Verbs.Count(verb => verb == "watch"));

        _fault = _ => null;
        await SeenAsync(await CreateAsync("second"));
    }

    [Fact]
    public async Task A_pod_whose_annotation_names_no_init_container_of_it_is_told_so_once_on_the_pod_and_in_the_log()
    {
        await WatchAsync("default");
        var mistaken = await CreateAsync("mistaken", container: "instal");
        await SeenAsync(mistaken);
        await SeenAsync(await CreateAsync("elsewhere-too", container: "instal"));
        await CreateAsync("not-watched", "kube-system", "instal");
        // Seen again.
        _server.DropWatches();
        await StopAsync();
        Assert.Equal(2, _log.Entries.Count(entry => entry.Id == PodMistaken));
        Assert.Equal(2, _events.Count);
        Assert.StartsWith(
            $"default/mistaken {mistaken} VaultSecretFailed: annotation {PodEligibility.ContainerAnnotation} names instal, and the pod has no such init container (it has: install).",
            _events.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_of_the_same_selection_is_watched_from_with_no_list()
    {
        await WatchAsync();
        var cursor = await StopAsync();
        var unheard = await CreateAsync("unheard");
        Read(cursor);
        await SeenAsync(unheard);
        Assert.Equal(["check", "watch"], Verbs);
    }

    [Theory]
    [InlineData("~^team-", "tier=web", "~.*", "tier=web")]
    [InlineData("~^default$", null, "~.*", null)]
    [InlineData("kube-system", null, "~.*", null)]
    [InlineData("kube-system", null, "default", null)]
    [InlineData("default", "tier=web", "default", null)]
    public async Task A_cursor_of_another_selection_is_listed_at_first(string scope, string? labels, string widerScope, string? widerLabels)
    {
        await WatchAsync(scope, labels);
        await CreateAsync("waits");
        var cursor = await StopAsync();
        Read(cursor, widerScope, widerLabels);
        await UntilAsync(() => Verbs.Contains("watch"), "it watches");
        Assert.Equal(["check", "list", "watch"], Verbs);
    }

    [Fact]
    public async Task A_cursor_that_names_no_selection_is_good_and_listed_at_first()
    {
        var waiting = await CreateAsync("waits");
        Read(_server.Find("pods", "default", "waits")!["metadata"]!["resourceVersion"]!.ToString());
        await SeenAsync(waiting);
        await UntilAsync(() => Verbs.Contains("watch"), "it watches");
        Assert.Equal(["check", "list", "watch"], Verbs);
        Assert.DoesNotContain(_log.Entries, entry => entry.Id == CursorUnknown);
        Assert.Contains('@', CursorOf(_items.OfType<PodWatchItem.ListEnded>().Single())!);
    }

    [Fact]
    public async Task Until_a_list_of_the_new_selection_has_succeeded_the_cursor_is_of_the_old_one()
    {
        await WatchAsync("kube-system");
        var old = await StopAsync();
        _fault = verb => verb == "list" ? 403 : null;
        Read(old, "default");
        await SeenAsync(await CreateAsync("heard"));
        Assert.Equal(["check", "list", "watch"], Verbs);
        var reached = await StopAsync();
        Assert.NotEqual(old, reached);
        Assert.Equal(old.Split('@')[1], reached.Split('@')[1]);
    }

    [Fact]
    public async Task An_API_server_whose_etcd_was_restored_is_listed_as_soon_as_its_watches_have_ended()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("kept"));
        var backup = _server.BackUp();
        for (var i = 0; i < 5; i++) await SeenAsync(await CreateAsync($"lost-{i}"));
        var restored = _clock.GetUtcNow();
        _server.Restore(backup);
        // Of a version that was seen already, of another pod.
        await SeenAsync(await CreateAsync("after"));
        Assert.InRange(_clock.GetUtcNow() - restored, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        await UntilAsync(() => _items.OfType<PodWatchItem.ListEnded>().Count() == 2, "the list has ended");
        Assert.Equal(2, _items.OfType<PodWatchItem.ListEnded>().Last().Uids.Count);
        Assert.Single(_log.Entries, entry => entry.Id == WentBack);
        Assert.Equal(["error", "gone"], _interruptions);
        await SeenAsync(await CreateAsync("heard"));
        Assert.Equal(["list", "watch", "check", "list", "watch"], Verbs);
    }

    [Fact]
    public async Task A_version_that_cannot_be_compared_is_watched_from_all_the_same()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        _fault = verb => verb == "check" ? 429 : null;
        _server.DropWatches();
        await SeenAsync(await CreateAsync("second"));
        Assert.Equal(["list", "watch", "check", "watch"], Verbs);
        Assert.Single(_items.OfType<PodWatchItem.ListEnded>());
    }

    [Fact]
    public async Task A_stored_cursor_that_cannot_be_compared_is_not_watched_from()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        var cursor = await StopAsync();
        _fault = verb => verb == "check" ? 429 : null;
        Read(cursor);
        await UntilAsync(() => Verbs.Count >= 3, "it is asked again and again", TimeSpan.FromMilliseconds(100));
        Assert.DoesNotContain("watch", Verbs);
        _fault = _ => null;
        await UntilAsync(() => Verbs.Contains("watch"), "it watches", TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task It_is_current_when_pods_were_listed_or_a_watch_from_the_cursor_was_answered_and_not_before()
    {
        _fault = _ => 503;
        Read();
        await UntilAsync(() => Verbs.Count >= 2, "it is tried again", TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, _current);
        _fault = verb => verb == "watch" ? 503 : null;
        await UntilAsync(() => _current == 1, "listed", TimeSpan.FromMilliseconds(100));
        var cursor = await StopAsync();

        Read(cursor);
        await UntilAsync(() => Verbs.Contains("watch"), "it would watch", TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, _current);
        _fault = _ => null;
        await UntilAsync(() => _current == 2, "watched", TimeSpan.FromMilliseconds(100));
        Assert.DoesNotContain("list", Verbs);
    }

    private IReadOnlyList<string> Verbs => [.. _asked.Select(VerbOf)];

    private static string VerbOf(string query) =>
        query.Contains("watch=1", StringComparison.Ordinal) ? "watch" : query == "?limit=1" ? "check" : "list";

    private int? Ask(HttpRequest request)
    {
        if (request.Method != "GET") return null;
        var query = request.QueryString.Value!;
        _asked.Enqueue(query);
        return _fault(VerbOf(query));
    }

    private Task WatchAsync(string scope = "~.*", string? labels = null)
    {
        Read("", scope, labels);
        return UntilAsync(() => _items.OfType<PodWatchItem.ListEnded>().Any(), "the pods are listed");
    }

    private void Read(string cursor = "", string scope = "~.*", string? labels = null) =>
        _reading = ReadAsync(new PodWatcher(_api, new KubernetesSettings(WatchScope.Parse(scope), "kubernetes-vault", "kubernetes-vault", labels), _clock, this, this, _log), cursor);

    private async Task ReadAsync(PodWatcher feed, string cursor)
    {
        await foreach (var item in feed.ReadAsync(cursor, _stopped.Token)) _items.Enqueue(item);
    }

    /// <summary>Stops the feed, and forgets what it said and asked.</summary>
    /// <returns>How far it had come.</returns>
    private async Task<string> StopAsync()
    {
        await _stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _reading.WaitAsync(Deadline));
        _stopped.Dispose();
        _stopped = new CancellationTokenSource();
        var cursor = _items.Select(CursorOf).OfType<string>().Last();
        _items.Clear();
        _asked.Clear();
        return cursor;
    }

    private static string? CursorOf(PodWatchItem item) => item switch
    {
        PodWatchItem.ListEnded ended => ended.ResumeToken,
        PodWatchItem.Changed changed => changed.ResumeToken,
        PodWatchItem.Bookmark bookmark => bookmark.ResumeToken,
        _ => null,
    };

    private async Task<string> CreateAsync(string name, string ns = "default", string container = "install")
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

    private Task SeenAsync(string uid, TimeSpan? step = null) =>
        UntilAsync(() => _items.Any(item => (item as PodWatchItem.Changed)?.Pod.Uid == uid || (item as PodWatchItem.Listed)?.Pod.Uid == uid), $"pod {uid} is seen", step);

    /// <summary>Waits until something holds, while the feed's clock goes on: slowly, so that nothing but its pauses ends by that.</summary>
    private async Task UntilAsync(Func<bool> condition, string what, TimeSpan? step = null)
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
