using System.Diagnostics;
using AkkaVault.Sandbox;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>What controllers need to start, and while they have nothing to do.</summary>
/// <param name="idle">For how long they are observed with nothing to do.</param>
/// <param name="say">Is told how it goes.</param>
internal sealed class WeightBenchmark(TimeSpan idle, Action<string> say)
{
    // Shards settle, the JIT compiles in the background what was used often, and the GC gives memory back.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(30);

    /// <summary>Measures one controller alone, and then three in a cluster.</summary>
    public async Task<WeightReport> RunAsync(CancellationToken cancellation) =>
        new([await MeasureAsync(1, cancellation).ConfigureAwait(false), await MeasureAsync(3, cancellation).ConfigureAwait(false)]);

    private async Task<InstallationWeight> MeasureAsync(int controllers, CancellationToken cancellation)
    {
        await using var cluster = await SandboxCluster.PrepareAsync(say, cancellation, await Installation.SetupAsync(say, cancellation).ConfigureAwait(false) with { Controllers = controllers }).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        for (var index = 0; index < controllers; index++) await cluster.Controllers.StartAsync(index).ConfigureAwait(false);
        if (controllers > 1) await cluster.Controllers.WholeAsync(cancellation).ConfigureAwait(false);
        else await cluster.Controllers.ReadyAsync(cancellation).ConfigureAwait(false);
        var ready = clock.Elapsed;
        var atReady = Read(cluster);
        say($"{controllers} started: ready after {ready.TotalSeconds:F2} s; waiting {s_settle.TotalSeconds:F0} s until they have nothing to do, and observing them for {idle.TotalSeconds:F0} s");
        await Task.Delay(s_settle, cancellation).ConfigureAwait(false);
        var (before, begun) = (Read(cluster), clock.Elapsed);
        await Task.Delay(idle, cancellation).ConfigureAwait(false);
        var (after, observed) = (Read(cluster), clock.Elapsed - begun);
        return new InstallationWeight(
            controllers,
            Math.Round(ready.TotalSeconds, 2),
            Math.Round(atReady.Max(weight => weight.Cpu.TotalSeconds), 2),
            Math.Round(after.Zip(before, (late, early) => (late.Cpu - early.Cpu) / observed * 100).Max(), 2),
            after.Max(weight => weight.ResidentMegabytes),
            after.Max(weight => weight.AnonymousMegabytes));
    }

    private static List<ProcessWeight> Read(SandboxCluster cluster) => [.. cluster.Controllers.Running.Select(controller => ProcessWeight.Read(controller.Process.Id))];
}
