using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Programs;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>Whatever faults controllers have, no pod is lost and no pod gets two credentials.</summary>
[Collection(AloneCollection.Name)]
[Trait("Category", "Alone")]
public sealed class ChaosTests(ITestOutputHelper output) : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(10));

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Controllers_killed_stopped_held_and_moved_while_pods_arrive_lose_and_double_none_and_sidecars_have_tokens_all_the_time()
    {
        var plan = new ChaosPlan(TimeSpan.FromSeconds(40), Rate: 8, Seed: 20261124) { Interval = TimeSpan.FromSeconds(9), Sidecars = 3 };
        var sidecars = (await DisturbAsync(plan)).Sidecars!;
        Assert.Equal((3, 0, 0, 0), (sidecars.Sidecars, sidecars.Gaps, sidecars.Doubled, sidecars.Restarts));
        // Each asks for another token after 30 s.
        Assert.True(sidecars.Deliveries > 3, $"{sidecars}");
    }

    [Fact]
    public async Task The_API_server_and_Vault_away_for_some_seconds_while_pods_arrive_lose_and_double_none() => await DisturbAsync(
        new ChaosPlan(TimeSpan.FromSeconds(25), Rate: 8, Seed: 5) { Interval = TimeSpan.FromSeconds(8), Kinds = [FaultKind.ApiServerAway, FaultKind.VaultAway], Away = TimeSpan.FromSeconds(4) });

    [Fact]
    public async Task The_sandbox_with_chaos_ends_with_its_summary_and_what_each_fault_meant()
    {
        await using var process = ChildProcess.Start(
            new ProgramCommand("dotnet", [typeof(SandboxCluster).Assembly.Location]), ["--controllers", "3", "--chaos", "--minutes", "0.2", "--rate", "5", "--sidecars", "2", "--json"], new Dictionary<string, string>());
        Assert.Equal(0, await process.ExitAsync(_deadline.Token));
        var summary = JsonNode.Parse(process.Output.Single(line => line.StartsWith('{')))!;
        Assert.Equal(((int)summary["pods"]!, true), ((int)summary["liveTokens"]!, (bool)summary["ok"]!));
        Assert.NotEmpty(summary["chaos"]!["faults"]!.AsArray());
        Assert.Equal((2, 0), ((int)summary["chaos"]!["sidecars"]!["sidecars"]!, (int)summary["chaos"]!["sidecars"]!["gaps"]!));
    }

    private async Task<ChaosReport> DisturbAsync(ChaosPlan plan)
    {
        await using var cluster = await SandboxCluster.StartAsync(output.WriteLine, _deadline.Token, new SandboxSetup { Controllers = 3 });
        var report = await new ChaosEngine(cluster, plan, output.WriteLine).RunAsync(_deadline.Token);
        output.WriteLine($"{report}");
        Assert.NotEmpty(report.Faults);
        Assert.True(report.Delivery.Pods > 0);
        Assert.Equal((0, 0, 0), (report.Delivery.Lost, report.Delivery.Doubled, report.Delivery.ExpiredPushes));
        Assert.Equal((0, 0), (report.FalseDownings, report.Crashes));
        return report;
    }
}
