using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>
/// The management ports of several controller processes: large answers, members that do not
/// answer, and changes. <see cref="Standing.ManagementViewTests"/> test what the ports show.
/// </summary>
public sealed class ManagementTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const string Forbidden = "forbidden";

    private ManagementPorts Ports => field ??= new ManagementPorts(Cluster, Deadline);

    [Fact]
    public async Task A_node_that_hangs_is_named_and_the_others_answer_without_it()
    {
        await StartAsync();
        var leader = await LeaderAsync();
        var hanging = (leader + 1) % 3;
        for (var attempt = 1; ; attempt++)
        {
            await SignalAsync("STOP", hanging);
            // Ask at once, because the others soon down the suspended controller.
            var pods = await Ports.PodsAsync(leader);
            await SignalAsync("CONT", hanging);
            if (pods["unanswered"]!.AsArray().Any(node => (string?)node == Ports.Node(hanging))) return;
            Assert.True(attempt < 3, $"{pods}");
            // On a machine that stood still it was downed before it was asked.
            var process = Cluster.Controllers[hanging].Process;
            await Eventually.TrueAsync(() => process.HasExited, $"the node was downed; otherwise it is missing here: {pods}");
            await Cluster.Controllers.StartAsync(hanging);
            await OneClusterAsync();
        }
    }

    [Fact]
    public async Task All_runs_pending_of_many_pods_come_from_any_node_and_none_is_lost_on_the_way()
    {
        const int Pods = 400;
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        var others = Enumerable.Range(0, 3).Where(index => index != leader).Select(Ports.Node).ToHashSet<string?>();
        // No init container runs in these pods. Their runs stay pending during the whole test, and their errors are long.
        using var admin = Admin();
        for (var i = 0; i < Pods; i++) await AddAsync(admin, $"nobody-{i}");
        var seen = (await ManagementPorts.SeenAsync(
            () => Ports.PodsAsync(2),
            pods => ManagementPorts.NoneUnanswered(pods) && pods["pods"]!.AsArray() is { Count: Pods } runs && runs.All(run => run!["node"] is not null && run["lastError"] is not null) && others.SetEquals(runs.Select(run => (string?)run!["node"])),
            "all are pending, of those that do not lead"))["pods"]!.AsArray();
        Assert.Equal(Pods, seen.Select(run => (string?)run!["pod"]).Distinct().Count());
        Assert.Equal(seen.Select(run => (DateTime)run!["seenAt"]!).Order(), seen.Select(run => (DateTime)run!["seenAt"]!));
    }

    [Fact]
    public async Task Where_it_is_allowed_members_leave_and_are_taken_down_and_come_back()
    {
        await StartAsync(new SandboxSetup { Controllers = 3, ManagementKeys = "readOnly: false" });
        Assert.Equal((HttpStatusCode.NotFound, "Member [nobody] not found"), await Ports.ChangeAsync("nobody", "Down"));
        Assert.Equal((HttpStatusCode.BadRequest, "Operation not supported: \"Explode\": expected the form field operation with Leave or Down"), await Ports.ChangeAsync(Ports.Node(1), "Explode"));
        Assert.Contains("\\\"Explode\\\"", Ports.Answers[^1], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await Ports.SendAsync(HttpMethod.Put, 0, $"cluster/members/{Ports.Node(1)}")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await Ports.SendAsync(HttpMethod.Post, 0, $"cluster/members/{Ports.Node(1)}")).Status);
        await OneClusterAsync();

        var leaving = await Ports.SendAsync(HttpMethod.Delete, 0, $"cluster/members/{Uri.EscapeDataString(Ports.Node(2))}");
        Assert.Equal((HttpStatusCode.OK, $"Leaving {Ports.Node(2)}"), (leaving.Status, (string?)leaving.Document["message"]));
        await EndsAndComesBackAsync(2, exitCode: 0);
        Assert.Equal((HttpStatusCode.OK, $"Downing {Ports.Node(1)}"), await Ports.ChangeAsync(Ports.Node(1), "dOWN"));
        await EndsAndComesBackAsync(1, exitCode: 1);
        // The member that leaves may be the one that is asked, and the leader.
        Assert.Equal((HttpStatusCode.OK, $"Leaving {Ports.Node(0)}"), await Ports.ChangeAsync(Ports.Node(0), "Leave"));
        await EndsAndComesBackAsync(0, exitCode: 0);
        await ServeAsync();
    }

    private async Task EndsAndComesBackAsync(int index, int exitCode)
    {
        Assert.Equal(exitCode, await Cluster.Controllers[index].Process.ExitAsync().EndsAsync());
        await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
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
}
