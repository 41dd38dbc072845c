using System.Diagnostics;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Logging;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Logs;

/// <summary>The logs of three controllers at info, in JSON, while they start, lose their leader and stop.</summary>
public sealed class ClusterLogTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    // Akka's messages about connections that end. The controllers' logs leave them out.
    private static readonly string[] s_ofConnections = ["Disassociated", "now gated", "is now quarantined", "Ignoring received gossip", "AssociationError"];
    private readonly List<string> _lines = [];

    [Fact]
    public async Task All_is_JSON_each_pod_and_each_leader_has_its_line_and_Akka_says_nothing_of_connections()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, LogLevel = "info", LogFormat = "json" });
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
        await ServeAsync();
        await LoggedAsync("pod-0");
        var killed = await LeaderAsync();
        var clock = Stopwatch.StartNew();
        await Cluster.Controllers.KillAsync(killed);
        _lines.AddRange(Cluster.Controllers[killed].Process.Output);
        await ServeAsync();
        await Cluster.Controllers.StartAsync(killed);
        await OneClusterAsync();
        var stopped = await LeaderAsync();
        Assert.Equal(0, await Cluster.Controllers[stopped].StopAsync());
        await ServeAsync();
        await LoggedAsync("pod-2");
        for (var index = 0; index < 3; index++)
        {
            if (index != stopped) Assert.Equal(0, await Cluster.Controllers[index].StopAsync());
            _lines.AddRange(Cluster.Controllers[index].Process.Output);
        }

        // When the restart took long, the others rightly report that they cannot connect.
        var unsaid = clock.Elapsed < AkkaLogFilter.ReportAfter ? s_ofConnections : [.. s_ofConnections.Where(words => words != "AssociationError")];

        var entries = _lines.ConvertAll(line => JsonNode.Parse(line)!.AsObject());
        Assert.All(entries, entry => Assert.All(["timestamp", "level", "eventId", "category", "message"], key => Assert.NotNull(entry[key])));
        List<JsonObject> Of(string name) => entries.FindAll(entry => (string?)entry["event"] == name);

        Assert.Equal(["pod-0", "pod-1", "pod-2"], Of("Delivered").Select(entry => (string)entry["pod"]!).Order());
        Assert.All(Of("Delivered"), entry => Assert.Equal(
            (1100, $"delivered default/{entry["pod"]} role=sample-app in {entry["milliseconds"]} ms, pushes={entry["pushes"]}", "default", "sample-app"),
            ((int)entry["eventId"]!, (string)entry["message"]!, (string)entry["namespace"]!, (string)entry["role"]!)));
        // Three controllers started, and one of them twice. The killed one logged no end.
        Assert.Equal(4, Of("Starts").Count);
        Assert.Equal(Of("Leads").Count - 1, Of("LeadsNoMore").Count);
        Assert.InRange(Of("Leads").Count, 3, 4);

        var akka = entries.Where(entry => ((string)entry["category"]!).StartsWith("Akka.", StringComparison.Ordinal)).ToList();
        Assert.All(akka, entry => Assert.All(unsaid, words => Assert.DoesNotContain(words, (string)entry["message"]!, StringComparison.Ordinal)));
        Assert.All(akka, entry => Assert.DoesNotContain("[Thread", (string)entry["message"]!, StringComparison.Ordinal));
        Cluster.NoSecretIn(_lines);
    }

    /// <summary>A controller that is stopped or killed may not have written yet that it has delivered.</summary>
    private Task LoggedAsync(string pod) => Eventually.TrueAsync(
        () => Enumerable.Range(0, 3).Any(index => Cluster.Controllers[index].Process.Output.Any(line => line.Contains($"delivered default/{pod} ", StringComparison.Ordinal))), $"the delivery to {pod} is in a log");
}
