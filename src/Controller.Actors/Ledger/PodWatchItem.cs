using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>A pod as the watcher has seen it.</summary>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Target">The run that is to get a secret; null when the pod has none.</param>
/// <param name="NoTargetReason">Why it has none, for people.</param>
/// <param name="CompletedRun">Where it has none: the run of its init container that has exited with 0, and so has its secret.</param>
internal sealed record ObservedPod(string Uid, DeliveryTarget? Target, string NoTargetReason, RunId? CompletedRun = null);

/// <summary>What the list and the watch of the pods tell, item by item, in the order of the API server.</summary>
internal abstract record PodWatchItem
{
    private PodWatchItem()
    {
    }

    /// <summary>A pod of a list that is being read.</summary>
    /// <param name="Pod">What was seen.</param>
    public sealed record Listed(ObservedPod Pod) : PodWatchItem;

    /// <summary>The list is complete: pods that were not in it are gone.</summary>
    /// <param name="Uids">The uids of all annotated pods in it.</param>
    /// <param name="ResumeToken">Where the list was complete: the watch goes on from there.</param>
    public sealed record ListEnded(ImmutableHashSet<string> Uids, string ResumeToken) : PodWatchItem;

    /// <summary>A run of a list that is read beside the watch. It may be older than what the watch has told, and only tells where the run is.</summary>
    /// <param name="Target">The run.</param>
    public sealed record Located(DeliveryTarget Target) : PodWatchItem;

    /// <summary>The list beside the watch has ended; it may have failed.</summary>
    public sealed record LocatingEnded : PodWatchItem;

    /// <summary>A watch event: a pod was added or changed.</summary>
    /// <param name="Pod">What was seen.</param>
    /// <param name="ResumeToken">Where the watch is with the event.</param>
    public sealed record Changed(ObservedPod Pod, string ResumeToken) : PodWatchItem;

    /// <summary>A watch event: a pod was deleted, or no longer matches the selectors.</summary>
    /// <param name="Uid">The pod's uid.</param>
    /// <param name="ResumeToken">Where the watch is with the event.</param>
    public sealed record Deleted(string Uid, string ResumeToken) : PodWatchItem;

    /// <summary>A watch bookmark: nothing happened up to here.</summary>
    /// <param name="ResumeToken">Where the watch is.</param>
    public sealed record Bookmark(string ResumeToken) : PodWatchItem;
}
