namespace AkkaVault.Benchmarks.Weight;

/// <summary>What AkkaVault needs: with nothing to do, at the start, for each pod, and in a cluster with many other pods.</summary>
/// <param name="setup">What is measured.</param>
/// <param name="plan">How much of it.</param>
/// <param name="say">Is told how it goes.</param>
internal sealed class WeightBenchmark(WeighedSetup setup, WeightPlan plan, Action<string> say)
{
    private const int Several = 3;

    /// <summary>Measures it, one part after the other.</summary>
    public async Task<WeightReport> RunAsync(CancellationToken cancellation)
    {
        var start = new StartBenchmark(setup, plan.Idle, say);
        var backlog = new BacklogBenchmark(setup, plan.Concurrency, say);
        // First, because it may fail: it needs a native executable.
        var init = Has(WeightPart.Init) ? await InitContainerStart.MeasureAsync(say, cancellation).ConfigureAwait(false) : null;
        InstallationWeight? alone = null, several = null;
        if (Has(WeightPart.Idle) || Has(WeightPart.Others)) alone = await start.RunAsync(1, cancellation).ConfigureAwait(false);
        if (Has(WeightPart.Idle)) several = await start.RunAsync(Several, cancellation).ConfigureAwait(false);
        return new WeightReport(
            $"{setup.Servers?.ToString() ?? "simulated API server and Vault"}",
            [.. new[] { alone, several }.OfType<InstallationWeight>()],
            Has(WeightPart.Backlog) ? await backlog.BeforeTheStartAsync(plan.Backlog, cancellation).ConfigureAwait(false) : null,
            Has(WeightPart.AtOnce) ? await backlog.AtOnceAsync(Several, plan.AtOnce, cancellation).ConfigureAwait(false) : null,
            Has(WeightPart.Others) ? await new OtherPodsBenchmark(setup, start, say).RunAsync(plan.Others, alone!, cancellation).ConfigureAwait(false) : null,
            init);
    }

    private bool Has(WeightPart part) => plan.Parts.Contains(part);
}
