using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>
/// <c>akkavault explain pod</c> against an API server and a management port. PodExplanationTests test what each finding follows from.
/// </summary>
public sealed class CliExplainTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-explain-").FullName;
    private FakeManagement _management = null!;
    private SimulatedApiServer _api = null!;
    private HttpClient _admin = null!;

    private string Kubeconfig => Path.Combine(_directory, "kubeconfig");

    public async Task InitializeAsync()
    {
        (_management, _api) = ((await FakeManagement.StartAsync()).HasMembers(reachable: true), await SimulatedApiServer.StartAsync());
        _api.WriteKubeconfig(Kubeconfig);
        _admin = new HttpClient { BaseAddress = _api.Address };
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _api.Token);
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _management.DisposeAsync();
        await _api.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_pod_that_does_not_exist_ends_it_with_1()
    {
        var result = await ExplainAsync("none");
        Assert.Equal((1, "pod-missing"), (result.Exit, Codes(result)));
        var table = await RunAsync("explain", "pod", "default/none");
        Assert.Equal(1, table.Exit);
        Assert.Contains("There is no pod default/none.", table.Out, StringComparison.Ordinal);
        Assert.Contains("kubectl -n default get pods", table.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_without_annotations()
    {
        await CreateAsync("plain", [], null);
        var result = await ExplainAsync("plain");
        Assert.Equal((1, "not-annotated namespace-unchecked"), (result.Exit, Codes(result)));
    }

    [Fact]
    public async Task A_running_pod_whose_role_Vault_refuses()
    {
        await CreateAsync("web-0", Annotations("web"), new JsonObject { ["running"] = new JsonObject { ["startedAt"] = "2026-11-24T01:00:00Z" } });
        var uid = (string)_api.Find("pods", "default", "web-0")!["metadata"]!["uid"]!;
        _management.Answers("GET /pods/default/web-0", $$"""
            {"namespace":"default","pod":"web-0","runs":[{"uid":"{{uid}}","run":"{{uid}}/containerd://1","role":"web","state":"waiting","attempts":7,
             "lastError":"PUT auth/approle/role/web/secret-id: 403: permission denied","lastErrorCode":"vault-403","seenAt":"2026-11-24T01:00:01Z","endedAt":null,"outcome":null,"node":"a"}],"unanswered":[]}
            """);
        var result = await ExplainAsync("web-0", "--config", Configuration("default"));
        Assert.Equal((1, "role-refused"), (result.Exit, Codes(result)));
        Assert.Contains("auth/approle/role/web/secret-id", (string?)result.Json["findings"]![0]!["whatToDo"], StringComparison.Ordinal);
        Assert.Equal("problem", (string?)result.Json["findings"]![0]!["kind"]);

        Assert.Equal("namespace-not-watched role-refused", Codes(await ExplainAsync("web-0", "--config", Configuration("other"))));
        Assert.Equal("labels-not-watched role-refused", Codes(await ExplainAsync("web-0", "--config", Configuration("default", "  labelSelector: app=web"))));

        // Only the API server answers now.
        await _management.DisposeAsync();
        var alone = await ExplainAsync("web-0", "--config", Configuration("default"));
        Assert.Equal((3, "controllers-unasked"), (alone.Exit, Codes(alone)));
    }

    [Fact]
    public async Task A_running_pod_that_the_controllers_do_not_know()
    {
        await CreateAsync("web-0", Annotations("web"), new JsonObject { ["running"] = new JsonObject() });
        _management.Answers("GET /pods/default/web-0", """{"namespace":"default","pod":"web-0","runs":[],"unanswered":[]}""", 404);
        var result = await ExplainAsync("web-0", "--config", Configuration("default"));
        Assert.Equal((1, "unknown-to-controllers"), (result.Exit, Codes(result)));
    }

    [Fact]
    public async Task A_pod_that_has_its_secret_ends_it_with_0()
    {
        await CreateAsync("web-0", Annotations("web"), new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 0, ["finishedAt"] = "2026-11-24T01:00:02Z" } });
        var result = await ExplainAsync("web-0");
        Assert.Equal((0, "has-secret"), (result.Exit, Codes(result)));
    }

    [Fact]
    public async Task Without_the_right_to_get_the_pod_it_is_said_and_the_controllers_are_asked()
    {
        _api.AddUser("somebody", "a-token");
        await File.WriteAllTextAsync(Kubeconfig, (await File.ReadAllTextAsync(Kubeconfig)).Replace(_api.Token, "a-token", StringComparison.Ordinal));
        _management.Answers("GET /pods/default/web-0", """
            {"namespace":"default","pod":"web-0","runs":[{"uid":"u","run":"r","role":"web","state":"ended","attempts":1,"lastError":null,"seenAt":"2026-11-24T01:00:01Z","endedAt":"2026-11-24T01:00:02Z","outcome":"delivered","node":"a"}],"unanswered":[]}
            """);
        var result = await ExplainAsync("web-0");
        Assert.Equal((0, "pod-unread delivered"), (result.Exit, Codes(result)));
        Assert.Contains("cannot get resource", (string?)result.Json["findings"]![0]!["sentence"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_controllers_own_right_to_list_pods_is_enough()
    {
        const string Account = "system:serviceaccount:kubernetes-vault:kubernetes-vault";
        _api.AddUser(Account, "a-token");
        foreach (var item in Manifest.Read("rbac/one-namespace", "role.yaml"))
            await SendAsync(HttpMethod.Post, $"apis/rbac.authorization.k8s.io/v1/namespaces/default/{((string)item["kind"]!).ToLowerInvariant()}s", item);
        await File.WriteAllTextAsync(Kubeconfig, (await File.ReadAllTextAsync(Kubeconfig)).Replace(_api.Token, "a-token", StringComparison.Ordinal));
        await CreateAsync("web-0", Annotations("web"), new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 0 } });
        await CreateAsync("web-1", [], null);
        Assert.Equal("has-secret", Codes(await ExplainAsync("web-0")));
        Assert.Equal("pod-missing", Codes(await ExplainAsync("web-2")));
    }

    [Fact]
    public async Task A_configuration_that_is_wrong_ends_it_with_2()
    {
        var result = await ExplainAsync("web-0", "--config", Configuration(""));
        Assert.Equal((2, ""), (result.Exit, result.Out));
        Assert.Contains("kubernetes.watchNamespace: is missing", result.Error, StringComparison.Ordinal);
    }

    private Task<CliProcess.Result> ExplainAsync(string pod, params string[] more) => RunAsync(["explain", "pod", $"default/{pod}", "--output", "json", .. more]);

    private Task<CliProcess.Result> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(new Dictionary<string, string> { ["AKKAVAULT_URL"] = _management.Url, ["KUBECONFIG"] = Kubeconfig }, arguments);

    private static string Codes(CliProcess.Result result) => string.Join(' ', result.Json["findings"]!.AsArray().Select(finding => (string?)finding!["code"]));

    private string Configuration(string watchNamespace, string more = "")
    {
        var file = Path.Combine(_directory, $"{Guid.NewGuid():N}.yml");
        File.WriteAllText(file, $"vault:\n  addr: http://vault:8200\n  token: s.x\nkubernetes:\n  watchNamespace: \"{watchNamespace}\"\n  serviceNamespace: kv\n  service: kv\n{more}\n");
        return file;
    }

    private static JsonObject Annotations(string role) => new() { ["pod.boostport.com/vault-approle"] = role, ["pod.boostport.com/vault-init-container"] = "install" };

    private async Task CreateAsync(string name, JsonObject annotations, JsonObject? state)
    {
        static JsonArray Container(string called) => new(new JsonObject { ["name"] = called, ["image"] = called });
        await SendAsync(HttpMethod.Post, "api/v1/namespaces/default/pods", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = annotations },
            ["spec"] = new JsonObject { ["nodeName"] = "node-1", ["initContainers"] = Container("install"), ["containers"] = Container("app") },
        });
        if (state is null) return;
        await SendAsync(HttpMethod.Patch, $"api/v1/namespaces/default/pods/{name}/status", new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["podIP"] = "10.1.0.5",
                ["initContainerStatuses"] = new JsonArray(new JsonObject
                {
                    ["name"] = "install",
                    ["image"] = "install",
                    ["imageID"] = "",
                    ["ready"] = false,
                    ["restartCount"] = 0,
                    ["containerID"] = "containerd://1",
                    ["state"] = state,
                }),
            },
        });
    }

    private async Task SendAsync(HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json"),
        };
        using var response = await _admin.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
