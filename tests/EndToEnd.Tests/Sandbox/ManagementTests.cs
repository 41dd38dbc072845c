using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>The management ports of several controller processes.</summary>
public sealed class ManagementTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const string Forbidden = "forbidden";
    private readonly HttpClient _http = new();
    private readonly List<string> _answers = [];

    [Fact]
    public async Task A_pod_that_Vault_refuses_is_seen_from_every_node_and_its_history_once_it_is_served()
    {
        await StartAsync();
        var denied = await RunDeniedAsync("denied");
        for (var index = 0; index < 3; index++)
        {
            var asked = index;
            var pods = await SeenAsync(
                () => PodsAsync(asked), pods => NoneUnanswered(pods) && (string?)Named(pods, "denied")?["state"] == "waiting" && (int)Named(pods, "denied")!["attempts"]! >= 2, "it has been tried twice");
            var run = Named(pods, "denied")!;
            Assert.Equal(
                ("default", "denied", denied.Uid, Forbidden), ((string?)run["namespace"], (string?)run["pod"], (string?)run["uid"], (string?)run["role"]));
            Assert.StartsWith($"{denied.Uid}/containerd://", (string?)run["run"], StringComparison.Ordinal);
            Assert.Contains("403: 1 error occurred: * permission denied", (string?)run["lastError"], StringComparison.Ordinal);
            Assert.Contains((string?)run["node"], Enumerable.Range(0, 3).Select(Node));
            Assert.EndsWith("Z", (string?)run["seenAt"], StringComparison.Ordinal);
            Assert.True((double)run["ageSeconds"]! > 0);
            Assert.Equal(Node(asked), (string?)pods["selfNode"]);
        }

        var (_, before) = await SeenAsync(() => HistoryAsync(1, "default/denied"), seen => NoneUnanswered(seen.Document), "all answer");
        Assert.Single(before["runs"]!.AsArray(), run => (string?)run!["state"] is not "ended" && run["endedAt"] is null && run["outcome"] is null);
        Cluster.Vault.Setup.CreateControllerToken([SandboxCluster.Role, Forbidden]);
        await ServedOnceAsync([denied]);
        for (var index = 0; index < 3; index++)
        {
            var asked = index;
            var (status, document) = await SeenAsync(
                () => HistoryAsync(asked, "default/denied"), seen => NoneUnanswered(seen.Document) && seen.Document["runs"]!.AsArray() is [{ } only] && (string?)only["state"] == "ended", "its run has ended");
            var run = Assert.Single(document["runs"]!.AsArray())!;
            Assert.Equal((HttpStatusCode.OK, "delivered", denied.Uid), (status, (string?)run["outcome"], (string?)run["uid"]));
            Assert.True((int)run["attempts"]! >= 3);
            Assert.True((DateTime)run["endedAt"]! > (DateTime)run["seenAt"]!);
            Assert.Null(Named(await PodsAsync(asked), "denied"));
        }

        var (unknown, nothing) = await HistoryAsync(0, "default/nobody");
        Assert.Equal((HttpStatusCode.NotFound, "default", "nobody", 0), (unknown, (string?)nothing["namespace"], (string?)nothing["pod"], nothing["runs"]!.AsArray().Count));
        Cluster.NoSecretIn(_answers);
        Assert.DoesNotContain(_answers, answer => Cluster.Vault.WrappingTokens.Any(wrap => answer.Contains(wrap.Accessor, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_that_hangs_is_named_and_the_others_answer_without_it()
    {
        await StartAsync();
        var leader = await LeaderAsync();
        var hanging = (leader + 1) % 3;
        await SignalAsync("STOP", hanging);
        // At once: soon it is no member any more.
        var pods = await PodsAsync(leader);
        await SignalAsync("CONT", hanging);
        Assert.Contains(Node(hanging), pods["unanswered"]!.AsArray().Select(node => (string?)node));
    }

    [Fact]
    public async Task All_runs_in_hand_of_many_pods_come_from_any_node_and_none_is_lost_on_the_way()
    {
        const int Pods = 400;
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        var others = Enumerable.Range(0, 3).Where(index => index != leader).Select(Node).ToHashSet<string?>();
        // Nobody runs in them: they are in hand for as long as the test lasts, and what they say of it is long.
        using var admin = Admin();
        for (var i = 0; i < Pods; i++) await AddAsync(admin, $"nobody-{i}");
        var seen = (await SeenAsync(
            () => PodsAsync(2),
            pods => NoneUnanswered(pods) && pods["pods"]!.AsArray() is { Count: Pods } runs && runs.All(run => run!["node"] is not null && run["lastError"] is not null) && others.SetEquals(runs.Select(run => (string?)run!["node"])),
            "all are in hand, of those that do not lead"))["pods"]!.AsArray();
        Assert.Equal(Pods, seen.Select(run => (string?)run!["pod"]).Distinct().Count());
        Assert.Equal(seen.Select(run => (DateTime)run!["seenAt"]!).Order(), seen.Select(run => (DateTime)run!["seenAt"]!));
    }

    [Fact]
    public async Task Members_and_shards_are_shown_and_nothing_can_be_changed_where_the_port_is_read_only()
    {
        await StartAsync();
        await ServeAsync();
        foreach (var address in new[] { Node(1), Uri.EscapeDataString(Node(1)), Uri.EscapeDataString(Node(1)["akka.tcp://".Length..]), Node(1) + "/" })
        {
            var (status, member) = await SendAsync(HttpMethod.Get, 0, $"cluster/members/{address}");
            Assert.Equal((HttpStatusCode.OK, Node(1), "Up"), (status, (string?)member["node"], (string?)member["status"]));
        }

        var unknown = await SendAsync(HttpMethod.Get, 0, "cluster/members/akka.tcp%3A%2F%2Fkubernetes-vault@127.0.0.9%3A1");
        Assert.Equal((HttpStatusCode.NotFound, "Member [akka.tcp://kubernetes-vault@127.0.0.9:1] not found"), (unknown.Status, (string?)unknown.Document["message"]));

        Assert.Equal("""{"entityTypeKeys":["pods"]}""", (await SendAsync(HttpMethod.Get, 0, "cluster/shard-types")).Document.ToJsonString());
        var shards = await SeenAsync(ShardsAsync, seen => seen.Count == PodMessageExtractor.Count && seen.Sum(shard => (int)shard["numEntities"]!) == 1, "each shard is somewhere, and in one the pod");
        Assert.Equal(Enumerable.Range(0, PodMessageExtractor.Count), shards.Select(shard => int.Parse((string)shard["shardId"]!, System.Globalization.CultureInfo.InvariantCulture)).Order());
        var type = await SendAsync(HttpMethod.Get, 0, "cluster/shards/people");
        Assert.Equal((HttpStatusCode.NotFound, "Shard Region people is not started"), (type.Status, (string?)type.Document["message"]));

        foreach (var (method, path) in new[] { (HttpMethod.Delete, $"cluster/members/{Node(1)}"), (HttpMethod.Put, $"cluster/members/{Node(1)}"), (HttpMethod.Post, "cluster/members"), (HttpMethod.Delete, "pods") })
        {
            using var request = new HttpRequestMessage(method, At(0, path));
            if (method == HttpMethod.Put) request.Content = new FormUrlEncodedContent([new("operation", "Down")]);
            using var answer = await _http.SendAsync(request, Deadline);
            Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET"), (answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow)));
            if (path.Contains('@', StringComparison.Ordinal)) Assert.Contains("management.readOnly", await answer.Content.ReadAsStringAsync(Deadline), StringComparison.Ordinal);
        }

        await OneClusterAsync();
    }

    [Fact]
    public async Task Where_it_is_allowed_members_leave_and_are_taken_down_and_come_back()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, ManagementKeys = "readOnly: false" });
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();

        Assert.Equal((HttpStatusCode.NotFound, "Member [nobody] not found"), await ChangeAsync("nobody", "Down"));
        Assert.Equal((HttpStatusCode.BadRequest, "Operation not supported: \"Explode\": expected the form field operation with Leave or Down"), await ChangeAsync(Node(1), "Explode"));
        Assert.Contains("\\\"Explode\\\"", _answers[^1], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Put, 0, $"cluster/members/{Node(1)}")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(HttpMethod.Post, 0, $"cluster/members/{Node(1)}")).Status);
        await OneClusterAsync();

        var leaving = await SendAsync(HttpMethod.Delete, 0, $"cluster/members/{Uri.EscapeDataString(Node(2))}");
        Assert.Equal((HttpStatusCode.OK, $"Leaving {Node(2)}"), (leaving.Status, (string?)leaving.Document["message"]));
        await EndsAndComesBackAsync(2, exitCode: 0);
        Assert.Equal((HttpStatusCode.OK, $"Downing {Node(1)}"), await ChangeAsync(Node(1), "dOWN"));
        await EndsAndComesBackAsync(1, exitCode: 1);
        // It may well be the one that is asked, and the leader.
        Assert.Equal((HttpStatusCode.OK, $"Leaving {Node(0)}"), await ChangeAsync(Node(0), "Leave"));
        await EndsAndComesBackAsync(0, exitCode: 0);
        await ServeAsync();
    }

    private async Task EndsAndComesBackAsync(int index, int exitCode)
    {
        Assert.Equal(exitCode, await Cluster.Controllers[index].Process.ExitAsync().EndsAsync());
        await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
    }

    /// <summary>The very answer that fulfilled a condition: another may already say something else.</summary>
    private static async Task<T> SeenAsync<T>(Func<Task<T>> look, Func<T, bool> condition, string what)
    {
        T? last = default;
        await Eventually.TrueAsync(async () => last = await look(), seen => condition(seen!), what);
        return last!;
    }

    private async Task<List<JsonNode>> ShardsAsync()
    {
        var shards = new List<JsonNode>();
        for (var index = 0; index < 3; index++) shards.AddRange((await SendAsync(HttpMethod.Get, index, "cluster/shards/pods")).Document["regions"]!.AsArray()!);
        return shards;
    }

    private static bool NoneUnanswered(JsonNode document) => document["unanswered"]!.AsArray().Count == 0;

    private async Task<SimulatedPod> RunDeniedAsync(string name)
    {
        Cluster.Vault.Setup.CreateAppRole(Forbidden);
        return await Cluster.RunPodAsync(Cluster.Plan(name) with { Role = Forbidden, RoleId = Cluster.Vault.Setup.ReadRoleId(Forbidden) });
    }

    private async Task AddAsync(HttpClient admin, string name)
    {
        var pod = JsonNode.Parse($$$"""
            {"metadata": {"name": "{{{name}}}", "annotations": {"pod.boostport.com/vault-approle": "{{{Forbidden}}}", "pod.boostport.com/vault-init-container": "install"}},
             "spec": {"initContainers": [{"name": "install", "image": "i"}], "containers": [{"name": "app", "image": "i"}]}}
            """)!;
        var status = JsonNode.Parse($$$"""
            {"status": {"phase": "Pending", "podIP": "127.1.1.1", "initContainerStatuses": [{
              "name": "install", "image": "i", "imageID": "i", "ready": false, "restartCount": 0,
              "containerID": "containerd://{{{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32))}}}",
              "state": {"running": {"startedAt": "2026-11-24T01:02:03Z"}}, "lastState": {}}]}}
            """)!;
        using var created = await admin.PostAsync(new Uri("api/v1/namespaces/default/pods", UriKind.Relative), Body(pod, "application/json"), Deadline);
        created.EnsureSuccessStatusCode();
        using var running = await admin.PatchAsync(new Uri($"api/v1/namespaces/default/pods/{name}/status", UriKind.Relative), Body(status, "application/merge-patch+json"), Deadline);
        running.EnsureSuccessStatusCode();
    }

    private static StringContent Body(JsonNode json, string type) => new(json.ToJsonString(), new MediaTypeHeaderValue(type));

    private string Node(int index) => $"akka.tcp://kubernetes-vault@{Cluster.Controllers.AddressOf(index)}:2552";

    private static JsonNode? Named(JsonNode pods, string pod) => pods["pods"]!.AsArray().SingleOrDefault(run => (string?)run!["pod"] == pod);

    private async Task<JsonNode> PodsAsync(int index)
    {
        var (status, document) = await SendAsync(HttpMethod.Get, index, "pods");
        Assert.Equal(HttpStatusCode.OK, status);
        return document;
    }

    private Task<(HttpStatusCode Status, JsonNode Document)> HistoryAsync(int index, string pod) => SendAsync(HttpMethod.Get, index, $"pods/{pod}");

    private async Task<(HttpStatusCode Status, string? Message)> ChangeAsync(string address, string operation)
    {
        var (status, document) = await SendAsync(HttpMethod.Put, 0, $"cluster/members/{address}", new FormUrlEncodedContent([new("operation", operation)]));
        return (status, (string?)document["message"]);
    }

    private Uri At(int index, string path) => new($"http://{Cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}/{path}");

    private async Task<(HttpStatusCode Status, JsonNode Document)> SendAsync(HttpMethod method, int index, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, At(index, path)) { Content = content };
        using var answer = await _http.SendAsync(request, Deadline);
        var text = await answer.Content.ReadAsStringAsync(Deadline);
        _answers.Add(text);
        return (answer.StatusCode, JsonNode.Parse(text)!);
    }
}
