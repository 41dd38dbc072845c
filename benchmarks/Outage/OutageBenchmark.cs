using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Benchmarks.Outage;

/// <summary>Stops Vault or the API server while many pods arrive at once.</summary>
/// <param name="cluster">The installation.</param>
/// <param name="away">Which of the two stops.</param>
/// <param name="say">Receives progress messages.</param>
internal sealed class OutageBenchmark(SandboxCluster cluster, FaultKind away, Action<string> say)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs the measurement.</summary>
    /// <param name="count">How many pods arrive.</param>
    /// <param name="length">How long the server is away.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public async Task<OutageReport> RunAsync(int count, TimeSpan length, CancellationToken cancellation)
    {
        await cluster.Controllers.WholeAsync(cancellation).ConfigureAwait(false);
        var begin = DateTimeOffset.UtcNow;
        var before = await StormAsync(count, cancellation).ConfigureAwait(false);
        await ServedAsync(before, cancellation).ConfigureAwait(false);
        var undisturbed = before.Max(pod => pod.ServedAt) - begin;
        say($"undisturbed: all served after {undisturbed!.Value.TotalSeconds:F1} s");

        // Half of the pods arrive before the server stops. The other half arrives while Vault is away, or when the API server is back.
        var first = await StormAsync(count / 2, cancellation).ConfigureAwait(false);
        await (away == FaultKind.VaultAway ? cluster.Vault.StopListeningAsync() : cluster.ApiServer.StopListeningAsync()).ConfigureAwait(false);
        var (gone, goneUntil) = (DateTimeOffset.UtcNow, Task.Delay(length, cancellation));
        say($"{away} when {first.Count(pod => pod.ServedAt is not null)} of {first.Count} pods are served");
        var second = StormAsync(count - first.Count, cancellation);
        await goneUntil.ConfigureAwait(false);
        var back = DateTimeOffset.UtcNow;
        await (away == FaultKind.VaultAway ? cluster.Vault.ResumeListeningAsync(cancellation) : cluster.ApiServer.ResumeListeningAsync()).ConfigureAwait(false);
        List<SimulatedPod> pods = [.. first, .. await second.ConfigureAwait(false)];
        var meanwhile = pods.Count(pod => pod.ServedAt > gone && pod.ServedAt < back);
        await ServedAsync(pods, cancellation).ConfigureAwait(false);
        // Undelivered wrapping tokens are revoked after the pod was served.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellation).ConfigureAwait(false);
        return new OutageReport(
            away, length.TotalSeconds, meanwhile, Math.Round(undisturbed.Value.TotalSeconds, 2),
            Math.Round(((pods.Max(pod => pod.ServedAt) ?? back) - back).TotalSeconds, 2), DeliveryAudit.Of(pods, cluster.Vault));
    }

    private async Task<IReadOnlyList<SimulatedPod>> StormAsync(int count, CancellationToken cancellation)
    {
        var pods = new List<SimulatedPod>();
        while (pods.Count < count) pods.Add(await PodArrivals.ArriveAsync(cluster, cancellation).ConfigureAwait(false));
        return pods;
    }

    private static async Task ServedAsync(IEnumerable<SimulatedPod> pods, CancellationToken cancellation)
    {
        await Task.WhenAny(Task.WhenAll(pods.Select(pod => pod.Running)), Task.Delay(Patience, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }
}
