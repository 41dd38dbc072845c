using System.Diagnostics;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>What controllers need to start, and while they have nothing to do.</summary>
/// <param name="setup">What is measured.</param>
/// <param name="idle">For how long they are observed with nothing to do.</param>
/// <param name="say">Is told how it goes.</param>
internal sealed class StartBenchmark(WeighedSetup setup, TimeSpan idle, Action<string> say)
{
    // Shards settle, the JIT compiles in the background what was used often, and the GC gives memory back.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(30);

    /// <summary>Measures some controllers.</summary>
    public async Task<InstallationWeight> RunAsync(int controllers, CancellationToken cancellation)
    {
        await using var site = await Site.PrepareAsync(setup, controllers, cancellation).ConfigureAwait(false);
        return await RunAsync(site, cancellation).ConfigureAwait(false);
    }

    /// <summary>Measures the controllers of a site, which do not run yet.</summary>
    public async Task<InstallationWeight> RunAsync(Site site, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        await site.StartAsync(cancellation).ConfigureAwait(false);
        var ready = clock.Elapsed;
        var atReady = site.Weigh();
        say($"{site.Controllers.Count} started: ready after {ready.TotalSeconds:F2} s; waiting {s_settle.TotalSeconds:F0} s until they have nothing to do, and observing them for {idle.TotalSeconds:F0} s");
        await Task.Delay(s_settle, cancellation).ConfigureAwait(false);
        var (before, begun) = (site.Weigh(), clock.Elapsed);
        await Task.Delay(idle, cancellation).ConfigureAwait(false);
        var (after, observed) = (site.Weigh(), clock.Elapsed - begun);
        var weight = new InstallationWeight(
            site.Controllers.Count,
            Math.Round(ready.TotalSeconds, 2),
            Math.Round(atReady.Max(process => process.Cpu.TotalSeconds), 2),
            Math.Round(after.Zip(before, (late, early) => (late.Cpu - early.Cpu) / observed * 100).Max(), 2),
            after.Max(process => process.ResidentMegabytes),
            after.Max(process => process.AnonymousMegabytes));
        say($"{weight}");
        return weight;
    }
}
