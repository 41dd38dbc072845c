using AkkaVault.EndToEnd.Tests.Cli;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Standing;

/// <summary>What <c>akkavault</c> shows of a cluster.</summary>
[Collection(StandingClusterTests.Name)]
public sealed class CliViewTests(StandingCluster standing)
{
    [Fact]
    public async Task Cluster_show_tells_what_the_controllers_are_and_whose_watcher_runs()
    {
        var leader = await standing.Cluster.LeaderAsync();
        var asked = (leader + 1) % 3;
        var shown = await RunAsync(asked, "cluster", "show", "--output", "json");
        Assert.True(shown.Exit == 0, shown.ToString());
        var members = shown.Json["members"]!.AsArray();
        Assert.Equal(3, members.Count);
        Assert.All(members, member => Assert.Equal(("Up", true), ((string?)member!["status"], (bool)member["reachable"]!)));
        Assert.Contains($"@{standing.Sandbox.Controllers.AddressOf(leader)}:", (string?)shown.Json["leads"], StringComparison.Ordinal);
        Assert.Equal("yes", (await RunAsync(asked, "cluster", "show")).Row((string)shown.Json["leads"]!)[3]);

        // These controllers have the default management.readOnly, so the management port must refuse changes.
        var refused = await RunAsync(asked, "cluster", "leave", standing.Sandbox.Controllers.AddressOf(leader));
        Assert.Equal((2, ""), (refused.Exit, refused.Out));
        Assert.Contains("management.readOnly: false", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_are_listed_and_explained_and_shards_are_counted()
    {
        Assert.Equal(0, (await RunAsync(0, "pods", "--failing")).Exit);
        var served = await standing.Cluster.ServeAsync();
        var denied = await standing.Sandbox.RunPodAsync(standing.Sandbox.Plan("refused") with { Role = "other" });

        CliProcess.Result? failing = null;
        await Eventually.TrueAsync(async () => (failing = await RunAsync(1, "pods", "--failing", "--output", "json")).Exit == 1, "the pod that Vault denies its secret is listed");
        Assert.Equal("refused", (string?)Assert.Single(failing!.Json["pods"]!.AsArray())!["pod"]);
        Assert.Contains("secret-id: 403", (string?)failing.Json["pods"]![0]!["lastError"], StringComparison.Ordinal);

        // Use the controllers' own account, as kubectl exec does.
        var why = await ExplainAsync(2, denied.Plan.Name);
        Assert.Equal((1, "role-refused"), (why.Exit, (string?)why.Json["findings"]!.AsArray().Last()!["code"]));
        var well = await ExplainAsync(2, served.Plan.Name);
        Assert.Equal((0, "has-secret"), (well.Exit, (string?)Assert.Single(well.Json["findings"]!.AsArray())!["code"]));
        Assert.Equal((1, "pod-missing"), ((await ExplainAsync(2, "none")).Exit, (string?)(await ExplainAsync(2, "none")).Json["findings"]![0]!["code"]));

        var shards = (await RunAsync(0, "shards", "--output", "json")).Json;
        Assert.Empty(shards["unanswered"]!.AsArray());
        Assert.True(shards["shards"]!.AsArray().Sum(shard => (int)shard!["entities"]!) >= 1, shards.ToJsonString());

        await standing.Sandbox.Kubelet.DeleteAsync(denied, standing.Deadline).EndsAsync();
        await Eventually.TrueAsync(async () => (await RunAsync(1, "pods", "--failing")).Exit == 0, "a pod that is gone is not listed any more");
    }

    private Task<CliProcess.Result> ExplainAsync(int index, string pod) => CliProcess.RunAsync(
        new Dictionary<string, string> { ["KUBECONFIG"] = standing.Sandbox.Kubeconfig }, "explain", "pod", $"default/{pod}", "--output", "json", "--url", Url(index));

    private Task<CliProcess.Result> RunAsync(int index, params string[] arguments) => CliProcess.RunAsync([.. arguments, "--url", Url(index)]);

    private string Url(int index) => $"http://{standing.Sandbox.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}";
}
