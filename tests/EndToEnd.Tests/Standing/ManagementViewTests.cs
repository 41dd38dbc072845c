using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.EndToEnd.Tests.Sandbox;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Standing;

/// <summary>What the management ports of a cluster show.</summary>
[Collection(StandingClusterTests.Name)]
public sealed class ManagementViewTests(StandingCluster standing)
{
    private const string Forbidden = "forbidden";
    private readonly ManagementPorts _ports = new(standing.Sandbox, standing.Deadline);

    [Fact]
    public async Task A_pod_that_Vault_refuses_is_seen_from_every_node_and_its_history_once_it_is_served()
    {
        standing.Sandbox.Vault.Setup.CreateAppRole(Forbidden);
        var denied = await standing.Sandbox.RunPodAsync(standing.Sandbox.Plan("denied") with { Role = Forbidden, RoleId = standing.Sandbox.Vault.Setup.ReadRoleId(Forbidden) });
        for (var index = 0; index < 3; index++)
        {
            var asked = index;
            var pods = await ManagementPorts.SeenAsync(
                () => _ports.PodsAsync(asked), pods => ManagementPorts.NoneUnanswered(pods) && (string?)ManagementPorts.Named(pods, "denied")?["state"] == "waiting" && (int)ManagementPorts.Named(pods, "denied")!["attempts"]! >= 2, "it has been tried twice");
            var run = ManagementPorts.Named(pods, "denied")!;
            Assert.Equal(
                ("default", "denied", denied.Uid, Forbidden), ((string?)run["namespace"], (string?)run["pod"], (string?)run["uid"], (string?)run["role"]));
            Assert.StartsWith($"{denied.Uid}/containerd://", (string?)run["run"], StringComparison.Ordinal);
            Assert.Contains("403: 1 error occurred: * permission denied", (string?)run["lastError"], StringComparison.Ordinal);
            Assert.Contains((string?)run["node"], Enumerable.Range(0, 3).Select(_ports.Node));
            Assert.EndsWith("Z", (string?)run["seenAt"], StringComparison.Ordinal);
            Assert.True((double)run["ageSeconds"]! > 0);
            Assert.Equal(_ports.Node(asked), (string?)pods["selfNode"]);
        }

        var (_, before) = await ManagementPorts.SeenAsync(() => _ports.HistoryAsync(1, "default/denied"), seen => ManagementPorts.NoneUnanswered(seen.Document), "all answer");
        Assert.Single(before["runs"]!.AsArray(), run => (string?)run!["state"] is not "ended" && run["endedAt"] is null && run["outcome"] is null);
        standing.Sandbox.Vault.Setup.CreateControllerToken([SandboxCluster.Role, Forbidden]);
        await standing.Cluster.ServedOnceAsync([denied]);
        for (var index = 0; index < 3; index++)
        {
            var asked = index;
            var (status, document) = await ManagementPorts.SeenAsync(
                () => _ports.HistoryAsync(asked, "default/denied"), seen => ManagementPorts.NoneUnanswered(seen.Document) && seen.Document["runs"]!.AsArray() is [{ } only] && (string?)only["state"] == "ended", "its run has ended");
            var run = Assert.Single(document["runs"]!.AsArray())!;
            Assert.Equal((HttpStatusCode.OK, "delivered", denied.Uid), (status, (string?)run["outcome"], (string?)run["uid"]));
            Assert.True((int)run["attempts"]! >= 3);
            Assert.True((DateTime)run["endedAt"]! > (DateTime)run["seenAt"]!);
            Assert.Null(ManagementPorts.Named(await _ports.PodsAsync(asked), "denied"));
        }

        var (unknown, nothing) = await _ports.HistoryAsync(0, "default/nobody");
        Assert.Equal((HttpStatusCode.NotFound, "default", "nobody", 0), (unknown, (string?)nothing["namespace"], (string?)nothing["pod"], nothing["runs"]!.AsArray().Count));
        standing.Sandbox.NoSecretIn(_ports.Answers);
        Assert.DoesNotContain(_ports.Answers, answer => standing.Sandbox.Vault.WrappingTokens.Any(wrap => answer.Contains(wrap.Accessor, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Members_and_shards_are_shown_and_nothing_can_be_changed_where_the_port_is_read_only()
    {
        await standing.Cluster.ServeAsync();
        foreach (var address in new[] { _ports.Node(1), Uri.EscapeDataString(_ports.Node(1)), Uri.EscapeDataString(_ports.Node(1)["akka.tcp://".Length..]), _ports.Node(1) + "/" })
        {
            var (status, member) = await _ports.SendAsync(HttpMethod.Get, 0, $"cluster/members/{address}");
            Assert.Equal((HttpStatusCode.OK, _ports.Node(1), "Up"), (status, (string?)member["node"], (string?)member["status"]));
        }

        var unknown = await _ports.SendAsync(HttpMethod.Get, 0, "cluster/members/akka.tcp%3A%2F%2Fkubernetes-vault@127.0.0.9%3A1");
        Assert.Equal((HttpStatusCode.NotFound, "Member [akka.tcp://kubernetes-vault@127.0.0.9:1] not found"), (unknown.Status, (string?)unknown.Document["message"]));

        Assert.Equal("""{"entityTypeKeys":["pods"]}""", (await _ports.SendAsync(HttpMethod.Get, 0, "cluster/shard-types")).Document.ToJsonString());
        var shards = await ManagementPorts.SeenAsync(ShardsAsync, seen => seen.Count == PodMessageExtractor.Count && seen.Sum(shard => (int)shard["numEntities"]!) >= 1, "each shard is somewhere, and in one the pod");
        Assert.Equal(Enumerable.Range(0, PodMessageExtractor.Count), shards.Select(shard => int.Parse((string)shard["shardId"]!, CultureInfo.InvariantCulture)).Order());
        var type = await _ports.SendAsync(HttpMethod.Get, 0, "cluster/shards/people");
        Assert.Equal((HttpStatusCode.NotFound, "Shard Region people is not started"), (type.Status, (string?)type.Document["message"]));

        foreach (var (method, path) in new[] { (HttpMethod.Delete, $"cluster/members/{_ports.Node(1)}"), (HttpMethod.Put, $"cluster/members/{_ports.Node(1)}"), (HttpMethod.Post, "cluster/members"), (HttpMethod.Delete, "pods") })
        {
            using var request = new HttpRequestMessage(method, _ports.At(0, path));
            if (method == HttpMethod.Put) request.Content = new FormUrlEncodedContent([new("operation", "Down")]);
            using var answer = await _ports.Http.SendAsync(request, standing.Deadline);
            Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET"), (answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow)));
            if (path.Contains('@', StringComparison.Ordinal)) Assert.Contains("management.readOnly", await answer.Content.ReadAsStringAsync(standing.Deadline), StringComparison.Ordinal);
        }

        await standing.Cluster.OneClusterAsync();
    }

    private async Task<List<JsonNode>> ShardsAsync()
    {
        var shards = new List<JsonNode>();
        for (var index = 0; index < 3; index++) shards.AddRange((await _ports.SendAsync(HttpMethod.Get, index, "cluster/shards/pods")).Document["regions"]!.AsArray()!);
        return shards;
    }
}
