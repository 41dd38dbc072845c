using AkkaVault.Controller.Ledger;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>Where a watcher resumes after a stop, or after the API server was restored from a backup.</summary>
public sealed class PodWatcherResumeTests : PodWatcherTest
{
    private const int ResumeTokenUnknown = 1301;
    private const int WentBack = 1310;

    [Fact]
    public async Task A_resume_token_of_the_same_selection_is_watched_from_without_a_list()
    {
        await WatchAsync();
        var resumeToken = await StopAsync();
        var unheard = await CreateAsync("unheard");
        Read(resumeToken);
        await SeenAsync(unheard);
        Assert.Equal(["check", "watch"], Verbs);
    }

    [Theory]
    [InlineData("~^team-", "tier=web", "~.*", "tier=web")]
    [InlineData("~^default$", null, "~.*", null)]
    [InlineData("kube-system", null, "~.*", null)]
    [InlineData("kube-system", null, "default", null)]
    [InlineData("default", "tier=web", "default", null)]
    public async Task With_a_resume_token_of_another_selection_the_pods_are_listed_first(string scope, string? labels, string widerScope, string? widerLabels)
    {
        await WatchAsync(scope, labels);
        await CreateAsync("waits");
        var resumeToken = await StopAsync();
        Read(resumeToken, widerScope, widerLabels);
        await UntilAsync(() => Verbs.Contains("watch"), "it watches");
        Assert.Equal(["check", "list", "watch"], Verbs);
    }

    [Fact]
    public async Task With_a_resume_token_that_names_no_selection_the_pods_are_listed_first()
    {
        var waiting = await CreateAsync("waits");
        Read(_server.Find("pods", "default", "waits")!["metadata"]!["resourceVersion"]!.ToString());
        await SeenAsync(waiting);
        await UntilAsync(() => Verbs.Contains("watch"), "it watches");
        Assert.Equal(["check", "list", "watch"], Verbs);
        Assert.DoesNotContain(_log.Entries, entry => entry.Id == ResumeTokenUnknown);
        Assert.Contains('@', ResumeTokenOf(_items.OfType<PodWatchItem.ListEnded>().Single())!);
    }

    [Fact]
    public async Task Until_a_list_of_the_new_selection_has_succeeded_the_resume_token_is_of_the_old_one()
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
    public async Task After_a_restore_of_etcd_the_pods_are_listed_as_soon_as_the_watch_has_ended()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("kept"));
        var backup = _server.BackUp();
        for (var i = 0; i < 5; i++) await SeenAsync(await CreateAsync($"lost-{i}"));
        var restored = _clock.GetUtcNow();
        _server.Restore(backup);
        // This pod has a resourceVersion that the watcher has already seen on another pod.
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
    public async Task A_version_of_this_API_server_is_watched_from_although_it_cannot_be_compared()
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
    public async Task A_stored_resume_token_that_cannot_be_compared_is_not_watched_from()
    {
        await WatchAsync();
        await SeenAsync(await CreateAsync("first"));
        var resumeToken = await StopAsync();
        _fault = verb => verb == "check" ? 429 : null;
        Read(resumeToken);
        await UntilAsync(() => Verbs.Count >= 3, "it is asked again and again", TimeSpan.FromMilliseconds(100));
        Assert.DoesNotContain("watch", Verbs);
        _fault = _ => null;
        await UntilAsync(() => Verbs.Contains("watch"), "it watches", TimeSpan.FromMilliseconds(100));
    }
}
