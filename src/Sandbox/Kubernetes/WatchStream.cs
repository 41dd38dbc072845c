using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>One watch: changes as lines of JSON, as its selector sees them.</summary>
internal sealed class WatchStream(PodStore store, PodSelector selector, Stream body)
{
    /// <summary>Sends until the watch ends.</summary>
    /// <param name="version">Where it starts.</param>
    /// <param name="bookmarks">Whether a bookmark is sent at its end.</param>
    /// <param name="end">Ends it in an orderly way.</param>
    /// <param name="aborted">The client went away.</param>
    public async Task RunAsync(long version, bool bookmarks, CancellationToken end, CancellationToken aborted)
    {
        // Headers go out at once: the client is to know that it watches.
        await body.FlushAsync(aborted).ConfigureAwait(false);
        while (!end.IsCancellationRequested)
        {
            if (store.Since(version) is not { } since)
            {
                var (oldest, _) = store.Versions;
                await SendAsync("ERROR", StatusAnswer.Status(410, "Expired", $"too old resource version: {version} ({oldest})"), aborted).ConfigureAwait(false);
                return;
            }

            foreach (var change in since.Changes)
            {
                if (See(change) is var (type, pod)) await SendAsync(type, pod, aborted).ConfigureAwait(false);
                version = change.Version;
            }

            await since.More.WaitAsync(end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!bookmarks || aborted.IsCancellationRequested) return;
        var metadata = new JsonObject { ["resourceVersion"] = $"{version}", ["creationTimestamp"] = null };
        await SendAsync("BOOKMARK", new JsonObject { ["kind"] = "Pod", ["apiVersion"] = "v1", ["metadata"] = metadata }, aborted).ConfigureAwait(false);
    }

    // A pod that stops matching is gone for this watch: sent as it last matched, at the version it left.
    private (string Type, JsonObject Pod)? See(PodChange change)
    {
        var was = change.Before is { } before && selector.Matches(before);
        var isNow = change.After is { } after && selector.Matches(after);
        if (isNow) return (was ? "MODIFIED" : "ADDED", change.After!.Json);
        if (!was) return null;
        var last = change.Before!.Json.DeepClone().AsObject();
        last["metadata"]!["resourceVersion"] = $"{change.Version}";
        return ("DELETED", last);
    }

    private async Task SendAsync(string type, JsonObject item, CancellationToken cancellation)
    {
        var line = new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString() + "\n";
        await body.WriteAsync(Encoding.UTF8.GetBytes(line), cancellation).ConfigureAwait(false);
        await body.FlushAsync(cancellation).ConfigureAwait(false);
    }
}
