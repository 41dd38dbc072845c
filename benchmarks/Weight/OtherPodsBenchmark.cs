using System.Diagnostics;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>Measures controllers in a cluster with many pods that are not ours.</summary>
/// <param name="setup">What is measured.</param>
/// <param name="start">Measures the start, and what is needed with nothing to do.</param>
/// <param name="say">Is told how it goes.</param>
internal sealed class OtherPodsBenchmark(WeighedSetup setup, StartBenchmark start, Action<string> say)
{
    private const int Controllers = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures them.</summary>
    /// <param name="count">How many pods.</param>
    /// <param name="without">The same without them.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<OtherPodsWeight> RunAsync(int count, InstallationWeight without, CancellationToken cancellation)
    {
        var (with, list) = await AloneAsync(count, cancellation).ConfigureAwait(false);
        var (takeOver, pages) = await TakeOverAsync(count, cancellation).ConfigureAwait(false);
        return new OtherPodsWeight(count, list, with, without, takeOver, pages);
    }

    private async Task<(InstallationWeight Weight, double? List)> AloneAsync(int count, CancellationToken cancellation)
    {
        await using var site = await PrepareAsync(1, count, cancellation).ConfigureAwait(false);
        var lists = PodLists.Observe(site.Servers.ApiServer);
        var weight = await start.RunAsync(site, cancellation).ConfigureAwait(false);
        if (lists is null) return (weight, null);
        var took = lists.Took ?? throw new InvalidOperationException("the controller is ready, and has listed no pods");
        say($"first list: {took.TotalSeconds:F2} s, {lists.Pages} pages");
        return (weight, Math.Round(took.TotalSeconds, 2));
    }

    private async Task<(double Seconds, int? Pages)> TakeOverAsync(int count, CancellationToken cancellation)
    {
        await using var site = await PrepareAsync(Controllers, count, cancellation).ConfigureAwait(false);
        await using var pods = await WaitingPods.CreateAsync(site, 2, cancellation).ConfigureAwait(false);
        await site.StartAsync(cancellation).ConfigureAwait(false);
        await pods.RunAsync(cancellation).ConfigureAwait(false);
        await pods.ServedAsync(cancellation).ConfigureAwait(false);
        var leader = await LeaderAsync(site, cancellation).ConfigureAwait(false);
        var lists = PodLists.Observe(site.Servers.ApiServer);
        var killed = DateTimeOffset.UtcNow;
        site.Controllers[leader].Process.Kill();
        var pod = pods.All.First();
        await pods.RunAsync(pod, cancellation).ConfigureAwait(false);
        await pods.ServedAsync(cancellation).ConfigureAwait(false);
        var seconds = Math.Round((pod.ServedAt!.Value - killed).TotalSeconds, 2);
        say($"leader SIGKILL, pod served after {seconds} s{(lists is null ? "" : $"; {lists.Pages} pages of pods listed")}");
        return (seconds, lists?.Pages);
    }

    private async Task<Site> PrepareAsync(int controllers, int count, CancellationToken cancellation)
    {
        var site = await Site.PrepareAsync(setup, controllers, cancellation).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        try
        {
            await OtherPods.CreateAsync(site, count, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await site.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        say($"{count} other pods created in {clock.Elapsed.TotalSeconds:F0} s; this process has {ProcessWeight.Read(Environment.ProcessId).ResidentMegabytes:F0} MB");
        return site;
    }

    private static async Task<int> LeaderAsync(Site site, CancellationToken cancellation)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < s_patience; await Task.Delay(s_poll, cancellation).ConfigureAwait(false))
        {
            if (await RestingCluster.LeaderNowAsync(site.Controllers, cancellation).ConfigureAwait(false) is { } leader) return leader;
        }

        throw new InvalidOperationException($"the controllers are not one cluster that is ready and at rest after {s_patience.TotalSeconds} s");
    }
}
