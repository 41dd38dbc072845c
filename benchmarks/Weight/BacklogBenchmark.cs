namespace AkkaVault.Benchmarks.Weight;

/// <summary>
/// Many pods that wait at once. The bare client serves them first: once so that the simulated servers are warm, and once measured. Then their init containers run again, and
/// controllers serve them.
/// </summary>
/// <param name="setup">What is measured.</param>
/// <param name="concurrency">How many pods the bare client serves at once.</param>
/// <param name="say">Is told how it goes.</param>
internal sealed class BacklogBenchmark(WeighedSetup setup, int concurrency, Action<string> say)
{
    // What follows from the last deliveries is stored.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(3);

    /// <summary>Pods that wait when the only controller starts.</summary>
    public async Task<Backlog> BeforeTheStartAsync(int count, CancellationToken cancellation)
    {
        await using var site = await Site.PrepareAsync(setup, 1, cancellation).ConfigureAwait(false);
        await using var pods = await WaitingPods.CreateAsync(site, count, cancellation).ConfigureAwait(false);
        var bare = await BareAsync(site, pods, cancellation).ConfigureAwait(false);
        await pods.RunAsync(cancellation).ConfigureAwait(false);
        var started = DateTimeOffset.UtcNow;
        await site.Controllers.StartAsync(0).ConfigureAwait(false);
        return await ServedAsync(site, pods, bare, started, TimeSpan.Zero, cancellation).ConfigureAwait(false);
    }

    /// <summary>Init containers that begin to run at once, while controllers have nothing to do.</summary>
    public async Task<Backlog> AtOnceAsync(int controllers, int count, CancellationToken cancellation)
    {
        await using var site = await Site.PrepareAsync(setup, controllers, cancellation).ConfigureAwait(false);
        await using var pods = await WaitingPods.CreateAsync(site, count, cancellation).ConfigureAwait(false);
        var bare = await BareAsync(site, pods, cancellation).ConfigureAwait(false);
        await site.StartAsync(cancellation).ConfigureAwait(false);
        await Task.Delay(s_settle, cancellation).ConfigureAwait(false);
        var (before, started) = (Cpu(site), DateTimeOffset.UtcNow);
        await pods.RunAsync(cancellation).ConfigureAwait(false);
        return await ServedAsync(site, pods, bare, started, before, cancellation).ConfigureAwait(false);
    }

    private async Task<Throughput> BareAsync(Site site, WaitingPods pods, CancellationToken cancellation)
    {
        for (var run = 0; ; run++)
        {
            await pods.RunAsync(cancellation).ConfigureAwait(false);
            var cpu = await BareClient.RunAsync(site.Servers.Used, pods.All.Select(pod => pod.Ip), concurrency, cancellation).ConfigureAwait(false);
            await pods.ServedAsync(cancellation).ConfigureAwait(false);
            var bare = Measured(pods, cpu);
            say($"bare client{(run == 0 ? ", while the servers get warm" : "")}: {bare}");
            if (run == 1) return bare;
        }
    }

    private async Task<Backlog> ServedAsync(Site site, WaitingPods pods, Throughput bare, DateTimeOffset started, TimeSpan before, CancellationToken cancellation)
    {
        try
        {
            await pods.ServedAsync(cancellation).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            foreach (var controller in site.Controllers.Running)
            {
                foreach (var line in controller.Process.Output.TakeLast(20)) say(line);
            }

            throw;
        }

        await Task.Delay(s_settle, cancellation).ConfigureAwait(false);
        var seconds = (pods.All.Max(pod => pod.ServedAt) - started)!.Value.TotalSeconds;
        var backlog = new Backlog(site.Controllers.Count, pods.All.Count, Math.Round(seconds, 2), Measured(pods, Cpu(site) - before), bare, pods.All.Sum(pod => pod.Unasked));
        say($"{backlog}");
        return backlog;
    }

    private static TimeSpan Cpu(Site site) => TimeSpan.FromTicks(site.Weigh().Sum(weight => weight.Cpu.Ticks));

    private static Throughput Measured(WaitingPods pods, TimeSpan cpu)
    {
        var (first, last) = (pods.All.Min(pod => pod.ServedAt)!.Value, pods.All.Max(pod => pod.ServedAt)!.Value);
        return new Throughput(Math.Round((pods.All.Count - 1) / (last - first).TotalSeconds, 1), Math.Round(cpu.TotalMilliseconds / pods.All.Count, 2));
    }
}
