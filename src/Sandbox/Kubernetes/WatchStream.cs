using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>One watch. It sends the changes that its selector matches, as lines of JSON.</summary>
internal sealed class WatchStream(ObjectStore store, ApiServerVersion server, ApiResource resource, ObjectSelector selector, Stream body)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BookmarkBeforeEnd = TimeSpan.FromSeconds(2);

    // A recording of 1.36 shows the last bookmark twice: two seconds and one second before the end.
    private static readonly TimeSpan SecondBeforeEnd = TimeSpan.FromSeconds(1);

    /// <summary>Sends changes until the watch ends.</summary>
    /// <param name="from">The version to start from; null: the watch begins with all present objects.</param>
    /// <param name="bookmarks">Whether the watch sends bookmarks.</param>
    /// <param name="timeout">How long the watch lasts.</param>
    /// <param name="dropped">Breaks the watch.</param>
    public async Task RunAsync(long? from, bool bookmarks, TimeSpan timeout, CancellationToken dropped)
    {
        // The client learns from the headers that the watch has begun, so send them at once.
        await body.FlushAsync(dropped).ConfigureAwait(false);
        var version = from ?? await SendAllAsync(dropped).ConfigureAwait(false);
        var end = DateTime.UtcNow + timeout;
        var bookmarkAt = NextBookmark(DateTime.UtcNow, end);
        while (true)
        {
            if (store.Since(resource, version) is not { } since)
            {
                await SendAsync("ERROR", ApiRefusal.Gone($"too old resource version: {version} ({store.Oldest})").Status, dropped).ConfigureAwait(false);
                return;
            }

            foreach (var change in since.Changes)
            {
                if (See(change) is var (type, item)) await SendAsync(type, item, dropped).ConfigureAwait(false);
            }

            version = Math.Max(version, since.Version);
            // Read the clock once. With two readings, the end could come in between and be taken for the time of a bookmark.
            var now = DateTime.UtcNow;
            if (now >= end) return;
            if (bookmarks && now >= bookmarkAt)
            {
                // A watch from a future version sends nothing until that version is reached.
                if (since.Version >= version) await SendAsync("BOOKMARK", Bookmark(version), dropped).ConfigureAwait(false);
                bookmarkAt = NextBookmark(now, end);
            }

            var next = bookmarks && bookmarkAt < end ? bookmarkAt : end;
            // Wait for a change, for the next bookmark or for the end. Timers count whole milliseconds.
            var wait = TimeSpan.FromMilliseconds(Math.Ceiling((next - now).TotalMilliseconds));
            await since.More.WaitAsync(wait, dropped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            dropped.ThrowIfCancellationRequested();
        }
    }

    private DateTime NextBookmark(DateTime now, DateTime end)
    {
        var (regular, last) = (now + BookmarkInterval, end - BookmarkBeforeEnd);
        if (regular < last) return regular;
        if (last > now) return last;
        return server is ApiServerVersion.Kubernetes136 && end - SecondBeforeEnd > now ? end - SecondBeforeEnd : end;
    }

    private async Task<long> SendAllAsync(CancellationToken dropped)
    {
        var (objects, version) = store.List(resource);
        foreach (var item in objects.Where(selector.Matches)) await SendAsync("ADDED", item.Json, dropped).ConfigureAwait(false);
        return version;
    }

    // An object that no longer matches is DELETED for this watch. The event has the last state that matched, at the version of the change.
    private (string Type, JsonObject Item)? See(ObjectChange change)
    {
        var was = change.Before is { } before && selector.Matches(before);
        if (change.After is { } after && selector.Matches(after)) return (was ? "MODIFIED" : "ADDED", after.Json);
        return was ? ("DELETED", change.Last()) : null;
    }

    private JsonObject Bookmark(long version)
    {
        var bookmark = new JsonObject
        {
            ["kind"] = resource.Kind,
            ["apiVersion"] = resource.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = $"{version}" },
        };
        if (server is ApiServerVersion.Kubernetes120) bookmark["metadata"]!["creationTimestamp"] = null;
        if (resource != ApiResource.Pods) return bookmark;
        bookmark["spec"] = new JsonObject { ["containers"] = null };
        bookmark["status"] = new JsonObject();
        return bookmark;
    }

    private async Task SendAsync(string type, JsonObject item, CancellationToken cancellation)
    {
        await body.WriteAsync(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":{item.ToJsonString()}}}\n"), cancellation).ConfigureAwait(false);
        await body.FlushAsync(cancellation).ConfigureAwait(false);
    }
}
