using System.Net;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.EndToEnd.Tests.Cli;
using AkkaVault.EndToEnd.Tests.Sandbox;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Standing;

/// <summary>What <c>/status</c> and <c>/events</c> of a cluster show, and that it is what the other paths say.</summary>
[Collection(StandingClusterTests.Name)]
public sealed class StatusViewTests(StandingCluster standing)
{
    private readonly ManagementPorts _ports = new(standing.Sandbox, standing.Deadline);

    [Fact]
    public async Task Each_member_shows_all_members_the_delivery_and_the_ledger_of_the_leader()
    {
        var leader = await standing.Cluster.LeaderAsync();
        var pod = await standing.Cluster.ServeAsync();
        for (var index = 0; index < 3; index++)
        {
            var asked = index;
            var status = await ManagementPorts.SeenAsync(
                () => StatusAsync(asked),
                seen => ManagementPorts.NoneUnanswered(seen) && seen["members"]!.AsArray().Sum(member => (int)member!["shards"]!) == PodMessageExtractor.Count
                    && seen["deliveries"]!["last"]!.AsArray().Any(delivery => (string?)delivery!["pod"] == pod.Plan.Name),
                "the delivery is shown, and all shards");
            Assert.Equal(Enumerable.Range(0, 3).Select(_ports.Node).Order(StringComparer.Ordinal), status["members"]!.AsArray().Select(member => (string?)member!["node"]));
            Assert.All(status["members"]!.AsArray(), member => Assert.Equal(
                ("Up", true, null, false), ((string?)member!["status"], (bool)member["reachable"]!, (string?)member["problem"], (bool)member["vault"]!["circuitOpen"]!)));
            Assert.All(status["members"]!.AsArray(), member => Assert.True((double)member!["vault"]!["tokenLeftSeconds"]! > 0));
            Assert.Equal(_ports.Node(leader), (string?)status["oldest"]);
            Assert.Equal(_ports.Node(leader), (string?)Assert.Single(status["members"]!.AsArray(), member => (bool)member!["leads"]!)!["node"]);
            Assert.Equal((_ports.Node(leader), true, null), ((string?)status["watch"]!["node"], (bool)status["watch"]!["watching"]!, (string?)status["watch"]!["interruptedAt"]));
            Assert.Equal("kubernetes", (string?)status["ledger"]!["store"]);
            Assert.InRange((long)status["ledger"]!["bytes"]!, 1, (long)status["ledger"]!["limitBytes"]!);
            Assert.True((DateTime)status["ledger"]!["writtenAt"]! > DateTime.UtcNow.AddMinutes(-1));
            Assert.True((double)status["deliveries"]!["p50Seconds"]! > 0);
        }

        standing.Sandbox.NoSecretIn(_ports.Answers);
        Assert.DoesNotContain(_ports.Answers, answer => standing.Sandbox.Vault.WrappingTokens.Any(wrap => answer.Contains(wrap.Accessor, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_pod_that_waits_has_the_reason_and_the_advice_of_explain()
    {
        var denied = await standing.Sandbox.RunPodAsync(standing.Sandbox.Plan("status-denied") with { Role = "other" });
        using var page = await _ports.Http.GetAsync(_ports.At(1, ""), standing.Deadline);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType!.MediaType));
        using var stream = await _ports.Http.GetStreamAsync(_ports.At(1, "events"), standing.Deadline);
        using var lines = new StreamReader(stream);
        JsonNode? waiting = null;
        while (waiting is null && await lines.ReadLineAsync(standing.Deadline) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                waiting = JsonNode.Parse(line["data: ".Length..])!["pods"]!.AsArray().FirstOrDefault(pod => (string?)pod!["pod"] == denied.Plan.Name && (bool)pod["failed"]!);
        }

        var explained = await CliProcess.RunAsync(
            new Dictionary<string, string> { ["KUBECONFIG"] = standing.Sandbox.Kubeconfig }, "explain", "pod", $"default/{denied.Plan.Name}", "--output", "json", "--url", $"{_ports.At(1, "")}");
        var finding = explained.Json["findings"]!.AsArray().Last()!;
        Assert.Equal(((string?)finding["code"], (string?)finding["whatToDo"]), ((string?)waiting!["code"], (string?)waiting["whatToDo"]));
        // The number of the attempt differs.
        Assert.Equal(((string?)finding["sentence"])!.Split(" (attempt")[0], ((string?)waiting["reason"])!.Split(" (attempt")[0]);

        await standing.Sandbox.Kubelet.DeleteAsync(denied, standing.Deadline).EndsAsync();
        await ManagementPorts.SeenAsync(() => StatusAsync(2), status => status["pods"]!.AsArray().All(pod => (string?)pod!["pod"] != denied.Plan.Name), "a pod that is gone is not listed any more");
        var failures = (await StatusAsync(0))["failures"]!.AsArray();
        Assert.Contains(failures, failure => (string?)failure!["of"] == "vault" && (string?)failure["reason"] == "permanent");
    }

    private async Task<JsonNode> StatusAsync(int index)
    {
        var (status, document) = await _ports.SendAsync(HttpMethod.Get, index, "status");
        Assert.Equal(HttpStatusCode.OK, status);
        return document;
    }
}
