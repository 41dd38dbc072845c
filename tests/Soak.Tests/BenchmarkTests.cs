using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Soak.Tests;

/// <summary>Short runs of the measurements in <c>benchmarks</c>. They assert that nothing is lost or doubled, and no times. What is refused is asserted, too.</summary>
public sealed class BenchmarkTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(10));

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task The_failover_benchmark_measures_each_row_and_doubles_none()
    {
        await using var process = ChildProcess.Start(
            new ProgramCommand("dotnet", [Path.Combine(AppContext.BaseDirectory, "AkkaVault.Benchmarks.dll")]), ["failover", "--runs", "1", "--rate", "10", "--json"], new Dictionary<string, string>());
        Assert.Equal(0, await process.ExitAsync(_deadline.Token));
        var report = JsonNode.Parse(process.Output.Single(line => line.StartsWith('{')))!;
        Assert.Equal((true, 0), ((bool)report["ok"]!, (int)report["doubled"]!));
        var measures = report["measures"]!.AsArray();
        Assert.True(measures.Count >= 6, $"{measures}");
        // On a slow machine, no pod may have been served before the leader was stopped. Then there is nothing to measure.
        Assert.All(measures, measure => Assert.True((double)measure!["median"]! > 0 || ((string)measure["what"]!).StartsWith("latest pod", StringComparison.Ordinal), $"{measure}"));
    }

    [Fact]
    public async Task The_chaos_benchmark_disturbs_unless_it_is_told_not_to()
    {
        async Task<int> FaultsAsync(params string[] more)
        {
            await using var process = ChildProcess.Start(
                new ProgramCommand("dotnet", [Path.Combine(AppContext.BaseDirectory, "AkkaVault.Benchmarks.dll")]), ["chaos", "--minutes", "0.15", "--rate", "5", "--json", .. more], new Dictionary<string, string>());
            Assert.Equal(0, await process.ExitAsync(_deadline.Token));
            return JsonNode.Parse(process.Output.Single(line => line.StartsWith('{')))!["faults"]!.AsArray().Count;
        }

        Assert.True(await FaultsAsync() > 0);
        Assert.Equal(0, await FaultsAsync("--no-faults"));
    }

    [Fact]
    public async Task Chaos_without_a_majority_to_spare_is_refused()
    {
        await using var process = ChildProcess.Start(
            new ProgramCommand("dotnet", [typeof(SandboxCluster).Assembly.Location]), ["--controllers", "2", "--chaos"], new Dictionary<string, string>());
        Assert.NotEqual(0, await process.ExitAsync(_deadline.Token));
        Assert.Contains(process.Output, line => line.StartsWith("--chaos: needs", StringComparison.Ordinal));
    }
}
