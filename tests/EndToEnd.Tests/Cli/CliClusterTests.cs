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
        // For a moment it is unreachable; then the others have taken it out.
        var held = $"@{Cluster.Controllers.AddressOf(leader)}:";
        await Eventually.TrueAsync(
            () => RunAsync(asked, "cluster", "show"),
            seen => (seen.Exit == 1 && seen.Error.Contains(held, StringComparison.Ordinal)) || (seen.Exit is 0 or 1 && !seen.Out.Contains(held, StringComparison.Ordinal)), "it is seen to be unreachable, or is no member any more");
        await Cluster.Controllers.KillAsync(leader);
        await Eventually.TrueAsync(async () => await LeadsAsync(asked) is { } next && !next.Contains(held, StringComparison.Ordinal), "another leads");
    }

    [Fact]
    public async Task Pods_are_listed_and_explained_and_members_leave_as_the_controllers_say()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, ManagementKeys = "readOnly: false" });
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
        Assert.Equal(0, (await RunAsync(0, "pods", "--failing")).Exit);
        var served = await RunAsync();
        await ServedOnceAsync([served]);
        var denied = await Cluster.RunPodAsync(Cluster.Plan("denied") with { Role = "other" });

        CliProcess.Result? failing = null;
        await Eventually.TrueAsync(async () => (failing = await RunAsync(1, "pods", "--failing", "--output", "json")).Exit == 1, "the pod that Vault denies its secret is listed");
        Assert.Equal("denied", (string?)Assert.Single(failing!.Json["pods"]!.AsArray())!["pod"]);
        Assert.Contains("secret-id: 403", (string?)failing.Json["pods"]![0]!["lastError"], StringComparison.Ordinal);

        // With the controllers' own account: what kubectl exec has.
        var why = await ExplainAsync(2, denied.Plan.Name);
        Assert.Equal((1, "role-refused"), (why.Exit, (string?)why.Json["findings"]!.AsArray().Last()!["code"]));
        var well = await ExplainAsync(2, served.Plan.Name);
        Assert.Equal((0, "has-secret"), (well.Exit, (string?)Assert.Single(well.Json["findings"]!.AsArray())!["code"]));
        Assert.Equal((1, "pod-missing"), ((await ExplainAsync(2, "none")).Exit, (string?)(await ExplainAsync(2, "none")).Json["findings"]![0]!["code"]));

        var shards = (await RunAsync(0, "shards", "--output", "json")).Json;
        Assert.Empty(shards["unanswered"]!.AsArray());
        // The one whose pod is served may end a little later.
        Assert.InRange(shards["shards"]!.AsArray().Sum(shard => (int)shard!["entities"]!), 1, 2);

        var leaving = (await LeaderAsync() + 1) % 3;
        var left = await RunAsync((leaving + 1) % 3, "cluster", "leave", Cluster.Controllers.AddressOf(leaving), "--output", "json");
        Assert.True(left.Exit == 0, left.ToString());
        Assert.Contains("Leaving", (string?)left.Json["changes"]![0]!["message"], StringComparison.Ordinal);
        await Cluster.Controllers[leaving].Process.ExitAsync().EndsAsync();
        await Cluster.Controllers.StartAsync(leaving);
        await OneClusterAsync();

        // Killed, and not waited for.
        await Cluster.Controllers.KillAsync(leaving);
        var other = (leaving + 1) % 3;
        await Eventually.TrueAsync(
            async () => await RunAsync(other, "cluster", "down", Cluster.Controllers.AddressOf(leaving)) is { Exit: 0 } || !(await MembersNamedAsync(other)).Contains(Cluster.Controllers.AddressOf(leaving), StringComparison.Ordinal),
            "it is taken out");
        await Eventually.TrueAsync(async () => !(await MembersNamedAsync(other)).Contains($"@{Cluster.Controllers.AddressOf(leaving)}:", StringComparison.Ordinal), "it is gone");
    }

    private async Task<string> MembersNamedAsync(int index) => (await RunAsync(index, "cluster", "show")).Out;

    private Task<CliProcess.Result> ExplainAsync(int index, string pod) => CliProcess.RunAsync(
        new Dictionary<string, string> { ["KUBECONFIG"] = Cluster.Kubeconfig },
        "explain", "pod", $"default/{pod}", "--output", "json", "--url", $"http://{Cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}");

    private async Task<string?> LeadsAsync(int index) => await RunAsync(index, "cluster", "show", "--output", "json") is { Exit: 0 or 1 } shown ? (string?)shown.Json["leads"] : null;

    private Task<CliProcess.Result> RunAsync(int index, params string[] arguments) =>
        CliProcess.RunAsync([.. arguments, "--url", $"http://{Cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}"]);
}
