using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Standing;

/// <summary>The logs of a cluster without faults. <see cref="Logs.ClusterLogTests"/> test the logs while the leader is lost.</summary>
[Collection(StandingClusterTests.Name)]
public sealed class LogViewTests(StandingCluster standing)
{
    [Fact]
    public async Task Each_line_is_JSON_and_a_pod_that_is_served_has_one()
    {
        var pod = (await standing.Cluster.ServeAsync()).Plan.Name;
        List<string> lines = [];
        await Eventually.TrueAsync(
            () => (lines = [.. standing.Sandbox.Controllers.Running.SelectMany(controller => controller.Process.Output)]).Exists(line => line.Contains($"delivered default/{pod} ", StringComparison.Ordinal)), "the delivery is in a log");
        var entries = lines.ConvertAll(line => JsonNode.Parse(line)!.AsObject());
        Assert.All(entries, entry => Assert.All(["timestamp", "level", "eventId", "category", "message"], key => Assert.NotNull(entry[key])));
        var delivered = Assert.Single(entries, entry => (string?)entry["event"] == "Delivered" && (string?)entry["pod"] == pod);
        Assert.Equal((1100, "default", "sample-app"), ((int)delivered["eventId"]!, (string)delivered["namespace"]!, (string)delivered["role"]!));
        Assert.Equal(3, entries.Count(entry => (string?)entry["event"] == "Starts"));
        standing.Sandbox.NoSecretIn(lines);
    }
}
