using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Shared.Push;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Events;

/// <summary>The events that the controller records on pods.</summary>
public sealed class PodEventTests : IAsyncLifetime
{
    private const string Delivered = "VaultSecretDelivered";
    private const string Failed = "VaultSecretFailed";
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(4));
    private SandboxCluster _cluster = null!;
    private HttpClient _admin = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _cluster.DisposeAsync();
        _deadline.Dispose();
    }

    [Fact]
    public async Task That_a_pod_has_its_secret_is_told_where_that_is_asked_for()
    {
        await StartAsync("events: {delivered: true}");
        var pod = await _cluster.RunPodAsync(_cluster.Plan("web"));
        await _cluster.ServedAsync(pod);
        var told = await EventAsync(Delivered, "web", count: 1);
        Assert.Equal(("Normal", pod.Uid), ((string?)told["type"], (string?)told["involvedObject"]!["uid"]));
    }

    /// <summary>On a busy node the watch may tell that the init container has its secret before the answer to the push is read.</summary>
    [Fact]
    public async Task So_it_is_when_the_init_container_exits_before_its_answer_arrives()
    {
        const string Ip = "127.1.3.1";
        await StartAsync("events: {delivered: true}");
        using var listener = new TcpListener(IPAddress.Parse(Ip), SecretPush.Port);
        listener.Start();
        await AppearAsync("web", "sample-app", Ip);
        using var pushed = await listener.AcceptTcpClientAsync(_deadline.Token);
        await PatchStatusAsync("web", Ip, """{"terminated":{"exitCode":0}}""");
        await EventAsync(Delivered, "web", count: 1);
    }

    [Fact]
    public async Task By_default_only_troubles_are_told_and_the_same_again_is_counted_up()
    {
        await StartAsync();
        await _cluster.ServedAsync(await _cluster.RunPodAsync(_cluster.Plan("web")));
        var denied = await _cluster.RunPodAsync(_cluster.Plan("denied") with { Role = "other" });
        var first = await EventAsync(Failed, "denied", count: 1);
        await RunAgainAsync(denied);
        var second = await EventAsync(Failed, "denied", count: 2);
        Assert.Equal((NameOf(first), "Warning"), (NameOf(second), (string?)second["type"]));
        Assert.Equal((string?)first["firstTimestamp"], (string?)second["firstTimestamp"]);

        // Events expire.
        (await _admin.DeleteAsync(new Uri($"api/v1/namespaces/default/events/{NameOf(second)}", UriKind.Relative))).EnsureSuccessStatusCode();
        await RunAgainAsync(denied);
        Assert.Equal((string?)first["firstTimestamp"], (string?)(await EventAsync(Failed, "denied", count: 3))["firstTimestamp"]);
        Assert.Single(await EventsAsync());
        await _cluster.Kubelet.DeleteAsync(denied, default).EndsAsync();
    }

    [Fact]
    public async Task Without_the_right_to_patch_a_repetition_is_a_new_event_and_that_is_said_once()
    {
        await StartAsync();
        _cluster.ApiServer.Fault = request => request.Method == "PATCH" && request.Path.Value!.Contains("/events/", StringComparison.Ordinal) ? 403 : null;
        var denied = await _cluster.RunPodAsync(_cluster.Plan("denied") with { Role = "other" });
        await EventAsync(Failed, "denied", count: 1);
        for (var count = 2; count <= 3; count++)
        {
            await RunAgainAsync(denied);
            await EventAsync(Failed, "denied", count);
        }

        Assert.Equal(3, (await EventsAsync()).Count);
        await _cluster.SaidOnceAsync("Grant patch on events");
        await _cluster.Kubelet.DeleteAsync(denied, default).EndsAsync();
    }

    [Fact]
    public async Task A_trouble_of_many_pods_is_few_events_and_how_many_were_left_out_is_said()
    {
        const int Pods = 150;
        const int AtOnce = 50;
        await StartAsync();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Pods; i++) await AppearAsync($"denied-{i}");
        await Eventually.TrueAsync(() => _cluster.Said("(AppRole other) has no secret yet") == Pods, "all of them are warned of");
        await Eventually.TrueAsync(async () => (await EventsAsync()).Count, recorded => recorded >= AtOnce, "as many as may be at once are recorded");
        Assert.Equal(0, await _cluster.Controller.StopAsync());
        var passed = (int)clock.Elapsed.TotalSeconds + 1;
        var recorded = (await EventsAsync()).Count;
        Assert.InRange(recorded, AtOnce, AtOnce + passed);
        var said = _cluster.Controller.Process.Output.Where(line => line.Contains("events on pods were left out", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList();
        Assert.NotEmpty(said);
        // Some events may have been waiting when the controller stopped.
        Assert.InRange(said.Sum(words => int.Parse(words[Array.IndexOf(words, "events") - 1], CultureInfo.InvariantCulture)), Pods - AtOnce - passed - 5, Pods - recorded);
    }

    private async Task StartAsync(string kubernetesKeys = "")
    {
        _cluster = await SandboxCluster.StartAsync(_ => { }, _deadline.Token, new SandboxSetup { KubernetesKeys = kubernetesKeys });
        _admin = new HttpClient { BaseAddress = _cluster.ApiServer.Address };
        _admin.DefaultRequestHeaders.Authorization = new("Bearer", _cluster.ApiServer.Token);
    }

    /// <summary>Kills the init container, so that it is restarted.</summary>
    private static async Task RunAgainAsync(SimulatedPod pod)
    {
        await Eventually.TrueAsync(() => pod.Process is not null, "it runs");
        pod.Process!.Kill();
    }

    private async Task<JsonObject> EventAsync(string reason, string pod, int count)
    {
        JsonObject? found = null;
        await Eventually.TrueAsync(
            async () => (found = (await EventsAsync()).FirstOrDefault(e => (string?)e["reason"] == reason && (string?)e["involvedObject"]!["name"] == pod && (int?)e["count"] == count)) is not null,
            $"{reason} of {pod}, {count} times");
        return found!;
    }

    private async Task<List<JsonObject>> EventsAsync() =>
        [.. (await _admin.GetFromJsonAsync<JsonObject>(new Uri("api/v1/events", UriKind.Relative)))!["items"]!.AsArray().Select(item => item!.AsObject())];

    private static string NameOf(JsonObject item) => (string)item["metadata"]!["name"]!;

    /// <summary>Creates a pod whose status says that its init container runs. No init container listens, so no push arrives.</summary>
    private async Task AppearAsync(string name, string role = "other", string ip = "127.1.1.1")
    {
        var pod = $$$"""
            {"metadata":{"name":"{{{name}}}","annotations":{"pod.boostport.com/vault-approle":"{{{role}}}","pod.boostport.com/vault-init-container":"install"}},
             "spec":{"initContainers":[{"name":"install","image":"i"}],"containers":[{"name":"app","image":"a"}]}}
            """;
        (await _admin.PostAsync(new Uri("api/v1/namespaces/default/pods", UriKind.Relative), new StringContent(pod, Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();
        await PatchStatusAsync(name, ip, """{"running":{"startedAt":"2026-11-24T00:00:00Z"}}""");
    }

    private async Task PatchStatusAsync(string name, string ip, string state)
    {
        var status = $$$$"""
            {"status":{"phase":"Pending","podIP":"{{{{ip}}}}","podIPs":[{"ip":"{{{{ip}}}}"}],"initContainerStatuses":[{"name":"install","ready":false,"restartCount":0,"image":"i","imageID":"i",
             "containerID":"containerd://{{{{name}}}}","lastState":{},"state":{{{{state}}}}}]}}
            """;
        using var patch = new StringContent(status, Encoding.UTF8, "application/merge-patch+json");
        (await _admin.PatchAsync(new Uri($"api/v1/namespaces/default/pods/{name}/status", UriKind.Relative), patch)).EnsureSuccessStatusCode();
    }
}
