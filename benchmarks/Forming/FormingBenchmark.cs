using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using AkkaVault.Sandbox;

namespace AkkaVault.Benchmarks.Forming;

/// <summary>How long starting controllers take until they are one cluster and ready.</summary>
/// <param name="cluster">The installation.</param>
/// <param name="say">Receives progress messages.</param>
internal sealed class FormingBenchmark(SandboxCluster cluster, Action<string> say)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs the measurements.</summary>
    /// <param name="runs">How often to measure. All controllers are killed five times as often.</param>
    /// <param name="cancellation">Ends the measurements.</param>
    public async Task<FormingReport> RunAsync(int runs, CancellationToken cancellation)
    {
        await cluster.Controllers.WholeAsync(cancellation).ConfigureAwait(false);
        return new FormingReport(
        [
            await MeasureAsync("three started together, nothing there", 8, runs, async _ =>
            {
                await KillAllAsync().ConfigureAwait(false);
                await DeleteLedgerAsync(cancellation).ConfigureAwait(false);
            }, cancellation).ConfigureAwait(false),
            await MeasureAsync("one killed and started again", 4, runs, run => cluster.Controllers.KillAsync(run % cluster.Controllers.Count), cancellation).ConfigureAwait(false),
            await MeasureAsync("all killed and started again", 10, runs * 5, _ => KillAllAsync(), cancellation).ConfigureAwait(false),
        ]);
    }

    private async Task<FormingTimes> MeasureAsync(string what, double bar, int runs, Func<int, Task> disturb, CancellationToken cancellation)
    {
        var seconds = new List<double>();
        while (seconds.Count < runs)
        {
            await disturb(seconds.Count).ConfigureAwait(false);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(Patience);
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, cluster.Controllers.Count).Where(index => cluster.Controllers[index].Process.HasExited).Select(cluster.Controllers.StartAsync)).ConfigureAwait(false);
            try
            {
                await cluster.Controllers.WholeAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new InvalidOperationException($"{what}, run {seconds.Count + 1}: not one cluster within {Patience.TotalSeconds:F0} s");
            }

            seconds.Add(Math.Round(clock.Elapsed.TotalSeconds, 2));
            say($"{what}: {seconds[^1]:F2} s");
        }

        return new FormingTimes(what, bar, seconds);
    }

    private Task KillAllAsync() => Task.WhenAll(Enumerable.Range(0, cluster.Controllers.Count).Select(cluster.Controllers.KillAsync));

    private async Task DeleteLedgerAsync(CancellationToken cancellation)
    {
        using var admin = new HttpClient { BaseAddress = cluster.ApiServer.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.ApiServer.Token);
        using var answer = await admin.DeleteAsync(new Uri($"api/v1/namespaces/{ControllerService.Namespace}/configmaps/{ControllerService.Name}-ledger", UriKind.Relative), cancellation).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.NotFound) answer.EnsureSuccessStatusCode();
    }
}
