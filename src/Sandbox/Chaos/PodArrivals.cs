using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>Runs pods at a fixed rate, whether earlier pods were served or not. It deletes each pod some time after the pod was served.</summary>
/// <param name="cluster">The installation in which the pods run.</param>
/// <param name="rate">Pods a second.</param>
public sealed class PodArrivals(SandboxCluster cluster, double rate)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs a pod. While the API server does not listen, it tries again.</summary>
    /// <param name="cluster">The installation in which the pod runs.</param>
    /// <param name="cancellation">Cancels the tries.</param>
    public static async Task<SimulatedPod> ArriveAsync(SandboxCluster cluster, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                // The init container logs rejected pushes at debug level.
                return await cluster.RunPodAsync(cluster.Plan($"pod-{Guid.NewGuid():N}") with { Environment = new Dictionary<string, string> { ["LOG_LEVEL"] = "debug" } }).ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                // The API server does not listen. Programs that create pods try again.
                // If the API server created this pod after all, the pod never runs.
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs new pods until <paramref name="enough"/> is cancelled. Pods that run by then go on.</summary>
    /// <param name="enough">Ends the arrivals.</param>
    /// <param name="cancellation">Cancels arrivals and pods.</param>
    /// <returns>All pods that arrived.</returns>
    public async Task<IReadOnlyList<SimulatedPod>> RunAsync(CancellationToken enough, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        var arriving = new List<Task<SimulatedPod>>();
        var serving = new List<Task>();
        using var timer = new PeriodicTimer(Tick);
        while (!enough.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            var due = (int)(TimeProvider.System.GetElapsedTime(start).TotalSeconds * rate) + 1;
            while (arriving.Count < due)
            {
                var pod = ArriveAsync(cluster, cancellation);
                arriving.Add(pod);
                serving.Add(DeleteServedAsync(pod, enough));
            }

            await ((Task)timer.WaitForNextTickAsync(enough).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var pods = await Task.WhenAll(arriving).ConfigureAwait(false);
        await Task.WhenAll(serving).ConfigureAwait(false);
        return pods;
    }

    /// <summary>Deletes pods as their owners do. Otherwise the data of the API server and the ledger would grow without bound.</summary>
    private async Task DeleteServedAsync(Task<SimulatedPod> arriving, CancellationToken enough)
    {
        try
        {
            var pod = await arriving.ConfigureAwait(false);
            await pod.Running.WaitAsync(enough).ConfigureAwait(false);
            await Task.Delay(Kept, enough).ConfigureAwait(false);
            await cluster.Kubelet.DeleteAsync(pod, enough).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The arrivals have ended, and the remaining pods may stay.
        }
        catch (HttpRequestException e) when (e.StatusCode is null)
        {
            // The API server does not listen: this pod stays.
        }
    }
}
