using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>
/// <c>akkavault cluster</c> against real controllers, one of which is suspended, leaves or
/// is killed. <see cref="Standing.CliViewTests"/> test its output for a cluster at rest.
/// </summary>
public sealed class CliClusterTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    [Fact]
    public async Task A_leader_that_is_held_is_seen_to_be_unreachable_and_another_leads()
    {
        await StartAsync();
        var leader = await LeaderAsync();
        var asked = (leader + 1) % 3;
        // A suspended controller still accepts connections on its port, and does not answer.
        await SignalAsync("STOP", leader);
        var silent = await RunAsync(leader, "cluster", "show", "--timeout", "500ms");
        Assert.Equal(3, silent.Exit);
        Assert.Contains("did not answer within 0.5s", silent.Error, StringComparison.Ordinal);
        // The leader is unreachable for a moment. Then the others down it.
        var held = $"@{Cluster.Controllers.AddressOf(leader)}:";
        await Eventually.TrueAsync(
            () => RunAsync(asked, "cluster", "show"),
            seen => (seen.Exit == 1 && seen.Error.Contains(held, StringComparison.Ordinal)) || (seen.Exit is 0 or 1 && !seen.Out.Contains(held, StringComparison.Ordinal)), "it is seen to be unreachable, or is no member any more");
        await Cluster.Controllers.KillAsync(leader);
        await Eventually.TrueAsync(async () => await LeadsAsync(asked) is { } next && !next.Contains(held, StringComparison.Ordinal), "another leads");
    }

    [Fact]
    public async Task Members_leave_and_are_taken_down_as_they_are_told()
    {
        await StartAsync(new SandboxSetup { Controllers = 3, ManagementKeys = "readOnly: false" });
        var leaving = (await LeaderAsync() + 1) % 3;
        var left = await RunAsync((leaving + 1) % 3, "cluster", "leave", Cluster.Controllers.AddressOf(leaving), "--output", "json");
        Assert.True(left.Exit == 0, left.ToString());
        Assert.Contains("Leaving", (string?)left.Json["changes"]![0]!["message"], StringComparison.Ordinal);
        await Cluster.Controllers[leaving].Process.ExitAsync().EndsAsync();
        await Cluster.Controllers.StartAsync(leaving);
        await OneClusterAsync();

        // The kill is not awaited: the other controllers must find it out.
        await Cluster.Controllers.KillAsync(leaving);
        var other = (leaving + 1) % 3;
        await Eventually.TrueAsync(
            async () => await RunAsync(other, "cluster", "down", Cluster.Controllers.AddressOf(leaving)) is { Exit: 0 } || !(await MembersNamedAsync(other)).Contains(Cluster.Controllers.AddressOf(leaving), StringComparison.Ordinal),
            "it is taken out");
        await Eventually.TrueAsync(async () => !(await MembersNamedAsync(other)).Contains($"@{Cluster.Controllers.AddressOf(leaving)}:", StringComparison.Ordinal), "it is gone");
    }

    private async Task<string> MembersNamedAsync(int index) => (await RunAsync(index, "cluster", "show")).Out;

    private async Task<string?> LeadsAsync(int index) => await RunAsync(index, "cluster", "show", "--output", "json") is { Exit: 0 or 1 } shown ? (string?)shown.Json["leads"] : null;

    private Task<CliProcess.Result> RunAsync(int index, params string[] arguments) =>
        CliProcess.RunAsync([.. arguments, "--url", $"http://{Cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}"]);
}
