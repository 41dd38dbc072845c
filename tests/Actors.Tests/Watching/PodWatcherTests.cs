using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>How pods are listed and watched, and what happens when that fails.</summary>
public sealed class PodWatcherTests : PodWatcherTest
{
    private const int Interrupted = 1300;
    private const int PodMisconfigured = 1302;
    private const int ListFailed = 1307;

    [Fact]
    public async Task A_list_that_is_asked_for_comes_at_once_and_the_watch_goes_on_after_it()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        _watcher.List();
        await UntilAsync(() => _items.OfType<PodWatchItem.ListEnded>().Count() == 2, "the pods are listed again");
        await SeenAsync(await CreateAsync("second"));
        Assert.Equal(["list", "watch", "check", "list", "watch"], Verbs);
        Assert.Empty(_interruptions);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(500)]
    public async Task Pods_are_listed_beside_the_watch_which_goes_on_whether_that_list_fails_or_not(int? failure)
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        await RunsAsync("first");
        await CreateAsync("waiting");
        _fault = verb => verb == "list" ? failure : null;
        _watcher.Locate();
        await UntilAsync(() => _items.OfType<PodWatchItem.LocatingEnded>().Any(), "the list beside the watch has ended");
        await SeenAsync(await CreateAsync("second"));
        Assert.Equal(["list", "watch", "list"], Verbs);
        Assert.Equal(failure is null ? ["first"] : [], _items.OfType<PodWatchItem.Located>().Select(located => located.Target.Name));
        Assert.Equal(failure is null ? 0 : 1, _interruptions.Count);
    }

    [Fact]
    public async Task A_list_that_is_asked_for_and_fails_is_tried_again_within_seconds()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        var failures = 2;
        _fault = verb => verb == "list" && failures-- > 0 ? 500 : null;
        _watcher.List();
        var asked = _clock.GetUtcNow();
        await UntilAsync(() => _items.OfType<PodWatchItem.ListEnded>().Count() == 2, "the pods are listed again", TimeSpan.FromMilliseconds(100));
        Assert.InRange(_clock.GetUtcNow() - asked, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_watch_that_went_silent_is_resumed_within_40_seconds()
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
    public async Task A_watch_that_ends_in_time_is_resumed_and_is_no_error()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        // Just before the next list, a watch lasts only as long as is left, so it is shortest now.
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        _server.DropWatches();
        await UntilAsync(() => _asked.Count(asked => asked.Contains("timeoutSeconds=1&", StringComparison.Ordinal)) >= 2, "a watch ends and is taken up again", TimeSpan.FromMilliseconds(5));
        await SeenAsync(await CreateAsync("second"));
        // Only the broken watch counts as an interruption. Watches that ended do not.
        Assert.Equal(["error"], _interruptions);
        Assert.Single(_log.Entries, entry => entry.Id == Interrupted);
    }

    [Fact]
    public async Task A_list_that_fails_does_not_stop_the_watch_and_is_logged_once()
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
        await SeenAsync(await CreateAsync("waits"), TimeSpan.FromMilliseconds(25));
        Assert.InRange(_clock.GetUtcNow() - back, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_server_that_ends_every_watch_at_once_is_not_asked_without_a_pause()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        // A proxy may answer like this in place of the API server.
        _fault = verb => verb == "watch" ? 200 : null;
        _server.DropWatches();
        await UntilAsync(() => Verbs.Count(verb => verb == "watch") == 2, "it is watched again");
        // The clock does not advance meanwhile.
        for (var i = 0; i < 100; i++) await CreateAsync($"unseen-{i}");
        Assert.Equal(2, Verbs.Count(verb => verb == "watch"));

        _fault = _ => null;
        await SeenAsync(await CreateAsync("second"));
    }

    [Fact]
    public async Task A_wrong_annotation_is_reported_once_on_the_pod_and_in_the_log()
    {
        await WatchAsync("default");
        var mistaken = await CreateAsync("mistaken", container: "instal");
        await SeenAsync(mistaken);
        await SeenAsync(await CreateAsync("elsewhere-too", container: "instal"));
        await CreateAsync("not-watched", "kube-system", "instal");
        // The watcher sees the pods again.
        _server.DropWatches();
        await StopAsync();
        Assert.Equal(2, _log.Entries.Count(entry => entry.Id == PodMisconfigured));
        Assert.Equal(2, _events.Count);
        Assert.StartsWith(
            $"default/mistaken {mistaken} VaultSecretFailed: annotation {PodEligibility.ContainerAnnotation} names instal, and the pod has no such container (init containers: install; containers: app).",
            _events.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pods_are_known_when_they_were_listed_or_a_watch_from_the_resume_token_was_answered_and_not_before()
    {
        _fault = _ => 503;
        Read();
        await UntilAsync(() => Verbs.Count >= 2, "it is tried again", TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, _current);
        _fault = verb => verb == "watch" ? 503 : null;
        await UntilAsync(() => _current == 1, "listed", TimeSpan.FromMilliseconds(100));
        var resumeToken = await StopAsync();

        Read(resumeToken);
        await UntilAsync(() => Verbs.Contains("watch"), "it would watch", TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, _current);
        _fault = _ => null;
        await UntilAsync(() => _current == 2, "watched", TimeSpan.FromMilliseconds(100));
        Assert.DoesNotContain("list", Verbs);
    }
}
