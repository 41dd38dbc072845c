using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>Pods that arrive at a rate, whether earlier ones were served or not, and are deleted some time after they were.</summary>
/// <param name="cluster">Where they run.</param>
/// <param name="rate">How many a second.</param>
public sealed class PodArrivals(SandboxCluster cluster, double rate)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs a pod; when the API server is away, as soon as it is there.</summary>
    /// <param name="cluster">Where.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<SimulatedPod> ArriveAsync(SandboxCluster cluster, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                // What is refused is told at debug level.
                return await cluster.RunPodAsync(cluster.Plan($"pod-{Guid.NewGuid():N}") with { Environment = new Dictionary<string, string> { ["LOG_LEVEL"] = "debug" } }).ConfigureAwait(false);
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                // The API server is away: whoever creates pods tries again. One that was created after all never runs.
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs pods until it is enough; those that run then go on.</summary>
    /// <param name="enough">Ends the arriving.</param>
    /// <param name="cancellation">Ends it all.</param>
    /// <returns>Every pod that came.</returns>
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

    /// <summary>As their owners do, so that what the API server and the ledger hold does not grow for ever.</summary>
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
            // No more arrive, and what is there may stay.
        }
        catch (HttpRequestException e) when (e.StatusCode is null)
        {
            // The API server is away: this one stays.
        }
    }
}
