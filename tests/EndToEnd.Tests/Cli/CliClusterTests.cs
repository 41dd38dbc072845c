using System.Text.Json.Nodes;
using AkkaVault.EndToEnd.Tests.Sandbox;
using AkkaVault.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary><c>akkavault cluster</c> against real controllers.</summary>
public sealed class CliClusterTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    [Fact]
    public async Task Cluster_show_tells_what_the_controllers_are_and_whose_watcher_runs()
    {
        await StartAsync();
        var leader = await LeaderAsync();
        var asked = (leader + 1) % 3;
        var shown = await RunAsync(asked, "cluster", "show", "--output", "json");
        Assert.True(shown.Exit == 0, shown.ToString());
        var members = shown.Json["members"]!.AsArray();
        Assert.Equal(3, members.Count);
        Assert.All(members, member => Assert.Equal(("Up", true), ((string?)member!["status"], (bool)member["reachable"]!)));
        Assert.Contains($"@{Cluster.Controllers.AddressOf(leader)}:", (string?)shown.Json["leads"], StringComparison.Ordinal);
        Assert.Equal("yes", (await RunAsync(asked, "cluster", "show")).Row((string)shown.Json["leads"]!)[3]);

        // As they are configured here, they are not to be changed from outside.
        var refused = await RunAsync(asked, "cluster", "leave", Cluster.Controllers.AddressOf(leader));
        Assert.Equal((2, ""), (refused.Exit, refused.Out));
        Assert.Contains("management.readOnly: false", refused.Error, StringComparison.Ordinal);

        // Held, not killed: its port still takes connections, and it does not answer.
        await SignalAsync("STOP", leader);
        var silent = await RunAsync(leader, "cluster", "show", "--timeout", "500ms");
        Assert.Equal(3, silent.Exit);
        Assert.Contains("did not answer within 0.5s", silent.Error, StringComparison.Ordinal);
        CliProcess.Result? unreachable = null;
        await Eventually.TrueAsync(async () => (unreachable = await RunAsync(asked, "cluster", "show")).Exit == 1, "it is seen to be unreachable");
        Assert.Contains(Cluster.Controllers.AddressOf(leader), unreachable!.Error, StringComparison.Ordinal);
        await Cluster.Controllers.KillAsync(leader);
        await Eventually.TrueAsync(async () => await LeadsAsync(asked) is { } next && !next.Contains($"@{Cluster.Controllers.AddressOf(leader)}:", StringComparison.Ordinal), "another leads");
    }

    private async Task<string?> LeadsAsync(int index) => JsonNode.Parse((await RunAsync(index, "cluster", "show", "--output", "json")).Out)!["leads"] is { } leads ? (string)leads! : null;

    private Task<CliProcess.Result> RunAsync(int index, params string[] arguments) =>
        CliProcess.RunAsync([.. arguments, "--url", $"http://{Cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}"]);
}
