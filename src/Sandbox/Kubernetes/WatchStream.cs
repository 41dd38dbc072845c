using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>One watch: changes as lines of JSON, as its selector sees them.</summary>
internal sealed class WatchStream(ObjectStore store, ApiServerVersion server, ApiResource resource, ObjectSelector selector, Stream body)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BookmarkBeforeEnd = TimeSpan.FromSeconds(2);

    // As it was recorded of 1.36: the last bookmark comes twice.
    private static readonly TimeSpan SecondBeforeEnd = TimeSpan.FromSeconds(1);

    /// <summary>Sends until the watch ends.</summary>
    /// <param name="from">Where it starts; null: with all there is.</param>
    /// <param name="bookmarks">Whether bookmarks are sent.</param>
    /// <param name="timeout">How long it lasts.</param>
    /// <param name="dropped">Breaks it.</param>
    public async Task RunAsync(long? from, bool bookmarks, TimeSpan timeout, CancellationToken dropped)
    {
        // Headers go out at once: the client is to know that it watches.
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
            // One reading of the clock: between two, the end could pass for a bookmark's time.
            var now = DateTime.UtcNow;
            if (now >= end) return;
            if (bookmarks && now >= bookmarkAt)
            {
                // A watch from the future is silent until its version is reached.
                if (since.Version >= version) await SendAsync("BOOKMARK", Bookmark(version), dropped).ConfigureAwait(false);
                bookmarkAt = NextBookmark(now, end);
            }

            var next = bookmarks && bookmarkAt < end ? bookmarkAt : end;
            // A change, or the time of a bookmark or of the end, in timers' whole milliseconds: whichever comes first.
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

    // An object that stops matching is gone for this watch: sent as it last matched, at the version it left.
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
