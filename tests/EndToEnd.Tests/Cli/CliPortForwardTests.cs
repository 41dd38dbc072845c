using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>The program finds the controllers in an API server, and reaches their management ports through port-forwards of its own.</summary>
public sealed class CliPortForwardTests : IAsyncLifetime
{
    private const string None = """{"selfNode":"a","pods":[],"unanswered":[]}""";
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-forward-").FullName;
    private FakeManagement _management = null!;
    private SimulatedApiServer _api = null!;
    private HttpClient _admin = null!;
    private ControllerPodsFixture _pods = null!;

    private string Kubeconfig => Path.Combine(_directory, "kubeconfig");

    private Dictionary<string, string> Variables => new() { ["KUBECONFIG"] = Kubeconfig };

    public async Task InitializeAsync()
    {
        (_management, _api) = ((await FakeManagement.StartAsync()).HasMembers(oldest: FakeManagement.Other, reachable: true), await SimulatedApiServer.StartAsync());
        _api.WriteKubeconfig(Kubeconfig);
        _admin = new HttpClient { BaseAddress = _api.Address };
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _api.Token);
        _pods = new ControllerPodsFixture(_admin, new Uri(_management.Url).Port);
        await _pods.CreateNamespaceAsync("kubernetes-vault");
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _management.DisposeAsync();
        await _api.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_controller_that_leads_is_asked()
    {
        await CreateAsync();
        _management.Answers("GET /pods", None, 500).Answers("127.0.0.2 GET /pods", None.Replace("\"a\"", "\"the leader\"", StringComparison.Ordinal));
        var result = await RunAsync("pods", "-o", "json");
        Assert.Equal((0, "the leader", ""), (result.Exit, (string?)result.Json["selfNode"], result.Error));
        Assert.Equal(0, (await RunAsync("cluster", "show")).Exit);
    }

    [Fact]
    public async Task Where_the_leader_does_not_answer_another_is_asked_and_it_is_said()
    {
        await CreateAsync();
        // Nobody listens at 127.0.0.3.
        await _pods.CreateAsync("kubernetes-vault", "kubernetes-vault-2", "127.0.0.3");
        _management.HasMembers(oldest: FakeManagement.Gone).Answers("GET /pods", None);
        var result = await RunAsync("pods");
        Assert.Equal(0, result.Exit);
        Assert.Contains("the leader does not answer, so another controller was asked: http://kubernetes-vault-2:", result.Error, StringComparison.Ordinal);
        Assert.Contains("error forwarding port", result.Error, StringComparison.Ordinal);
        Assert.Contains("connection refused", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_member_is_asked_for_its_shards_through_a_port_forward_of_its_own()
    {
        await CreateAsync();
        _management.Answers("GET /cluster/shard-types", """{"entityTypeKeys":["pods"]}""")
            .Answers("127.0.0.1 GET /cluster/shards/pods", """{"regions":[{"shardId":"7","numEntities":1}]}""").Answers("127.0.0.2 GET /cluster/shards/pods", """{"regions":[{"shardId":"11","numEntities":3}]}""");
        // Self is at 127.0.0.1, but the leader answers: it says that it is at 127.0.0.2.
        _management.Answers("127.0.0.2 GET /cluster/members", $$"""
            {"selfNode":"{{FakeManagement.Other}}","oldest":"{{FakeManagement.Other}}","oldestPerRole":{},"unreachable":[],
             "members":[{"node":"{{FakeManagement.Self}}","nodeUid":"1","status":"Up","roles":[]},{"node":"{{FakeManagement.Other}}","nodeUid":"2","status":"Up","roles":[]}]}
            """);
        var result = await RunAsync("shards", "-o", "json");
        Assert.Equal((0, ""), (result.Exit, result.Error));
        Assert.Equal(
            [(FakeManagement.Self, "7"), (FakeManagement.Other, "11")], result.Json["shards"]!.AsArray().Select(shard => ((string)shard!["node"]!, (string)shard["shard"]!)));
    }

    [Fact]
    public async Task Kubectls_own_options_choose_the_cluster_and_the_namespace()
    {
        await _pods.CreateNamespaceAsync("team-vault");
        await _pods.CreateAsync("team-vault", "release-0", "127.0.0.2", label: "release");
        _management.Answers("GET /pods", None);
        var file = Path.Combine(_directory, "another");
        var text = (await File.ReadAllTextAsync(Kubeconfig)).Replace("current-context: sandbox", "current-context: other", StringComparison.Ordinal)
            .Replace("contexts:", "contexts:\n- name: other\n  context: {cluster: other, user: sandbox}", StringComparison.Ordinal)
            .Replace("clusters:", "clusters:\n- name: other\n  cluster: {server: \"http://127.0.0.1:1\"}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text);
        Assert.Equal(0, (await CliProcess.RunAsync("pods", "--kubeconfig", file, "--context", "sandbox", "-n", "team-vault")).Exit);
        Assert.Equal(0, (await CliProcess.RunAsync("--kubeconfig", file, "--context=sandbox", "--namespace=team-vault", "cluster", "show")).Exit);
        // The namespace of the context, where there is none named kubernetes-vault with controllers.
        await File.WriteAllTextAsync(file, text.Replace("cluster: sandbox", "namespace: team-vault\n    cluster: sandbox", StringComparison.Ordinal));
        Assert.Equal(0, (await CliProcess.RunAsync("pods", "--kubeconfig", file, "--context", "sandbox")).Exit);

        var unreachable = await CliProcess.RunAsync("pods", "--kubeconfig", file);
        Assert.Equal(3, unreachable.Exit);
        Assert.Contains("http://127.0.0.1:1/ cannot be asked for the controllers", unreachable.Error, StringComparison.Ordinal);
        var wrong = await CliProcess.RunAsync("pods", "--kubeconfig", file, "--context", "none");
        Assert.Equal(2, wrong.Exit);
        Assert.Contains("the context that --context needs is missing", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await CliProcess.RunAsync("pods", "--kubeconfig", Path.Combine(_directory, "none"))).Exit);
    }

    [Fact]
    public async Task Without_controllers_it_ends_with_3_and_says_where_it_looked()
    {
        var result = await RunAsync("pods");
        Assert.Equal((3, ""), (result.Exit, result.Out));
        Assert.Contains("no controller runs in kubernetes-vault", result.Error, StringComparison.Ordinal);
        Assert.Contains("-n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_RBAC_forbids_is_named_with_verb_and_resource()
    {
        await CreateAsync();
        _api.AddUser("jane", "janes-token");
        await File.WriteAllTextAsync(Kubeconfig, (await File.ReadAllTextAsync(Kubeconfig)).Replace(_api.Token, "janes-token", StringComparison.Ordinal));
        var blind = await RunAsync("pods");
        Assert.Equal(3, blind.Exit);
        Assert.Contains("User \"jane\" cannot list resource \"pods\"", blind.Error, StringComparison.Ordinal);
        Assert.Contains("list pods in kubernetes-vault", blind.Error, StringComparison.Ordinal);

        await _pods.GrantAsync("kubernetes-vault", "jane", ("pods", "list"));
        var refused = await RunAsync("pods");
        Assert.Equal((3, ""), (refused.Exit, refused.Out));
        Assert.Contains("User \"jane\" cannot get resource \"pods/portforward\"", refused.Error, StringComparison.Ordinal);
        Assert.Contains("grant get and create of pods/portforward in kubernetes-vault", refused.Error, StringComparison.Ordinal);
        Assert.Contains("kubectl -n kubernetes-vault exec kubernetes-vault-0 -- /app/akkavault", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Explain_asks_the_API_server_and_the_controllers_of_the_same_cluster()
    {
        await CreateAsync();
        _management.Answers("GET /pods/default/web-0", """{"namespace":"default","pod":"web-0","runs":[],"unanswered":[]}""", 404);
        var result = await RunAsync("explain", "pod", "default/web-0", "-o", "json");
        Assert.Equal((1, "pod-missing"), (result.Exit, (string?)result.Json["findings"]![0]!["code"]));
    }

    [Fact]
    public async Task An_answer_of_megabytes_comes_whole()
    {
        await CreateAsync();
        var runs = Enumerable.Range(0, 20_000).Select(n => $$"""
            {"namespace":"default","pod":"web-{{n}}","uid":"u{{n}}","run":"r{{n}}","role":"web","state":"waiting","attempts":7,"lastError":"{{new string('é', 50)}}","seenAt":"2026-11-24T01:00:05Z","ageSeconds":95.4,"node":null}
            """);
        _management.Answers("GET /pods", $$"""{"selfNode":"a","pods":[{{string.Join(',', runs)}}],"unanswered":[]}""");
        var result = await RunAsync("pods", "-o", "json", "--timeout", "60s");
        Assert.Equal(20_000, result.Json["pods"]!.AsArray().Select(pod => (string?)pod!["pod"]).Distinct().Count());
    }

    [Fact]
    public async Task Watching_goes_on_with_the_next_leader()
    {
        await CreateAsync();
        _management.Answers("GET /pods", None.Replace("\"a\"", "\"first\"", StringComparison.Ordinal)).Answers("127.0.0.2 GET /pods", None.Replace("\"a\"", "\"second\"", StringComparison.Ordinal));
        await using var process = ChildProcess.Start(CliProcess.Command, ["pods", "--watch", "--output", "json"], Variables);
        await Eventually.TrueAsync(() => process.Output.Any(line => line.Contains("second", StringComparison.Ordinal)), "the leader is asked");
        await _pods.SendAsync(HttpMethod.Delete, "api/v1/namespaces/kubernetes-vault/pods/kubernetes-vault-1?gracePeriodSeconds=0", null);
        _management.HasMembers(reachable: true).Answers("127.0.0.2 GET /pods", "", 503);
        await Eventually.TrueAsync(() => process.Output.Any(line => line.Contains("first", StringComparison.Ordinal)), "the next leader is asked");
        process.Terminate();
        Assert.Equal(0, await process.ExitAsync().EndsAsync());
    }

    [Fact]
    public async Task The_page_is_there_at_a_port_of_this_machine_until_the_command_ends()
    {
        await CreateAsync();
        _management.Answers("GET /status", """{"selfNode":"a","at":"2026-11-24T01:00:00Z","members":[],"pods":[],"deliveries":{"last":[]},"failures":[],"unanswered":[]}""")
            .Answers("GET /", "another controller's").Answers("127.0.0.2 GET /", "the page");
        await using var process = ChildProcess.Start(CliProcess.Command, ["dashboard", "--no-open", "--output", "json"], Variables);
        await Eventually.TrueAsync(() => process.Output.Any(line => line.StartsWith('{')), "the address is printed");
        var page = new Uri((string)JsonNode.Parse(process.Output.First(line => line.StartsWith('{')))!["page"]!);
        Assert.Equal(IPAddress.Loopback, IPAddress.Parse(page.Host));
        using var browser = new HttpClient();
        for (var n = 0; n < 3; n++) Assert.Equal("the page", await browser.GetStringAsync(page));
        Assert.Equal(["the page", "the page"], await Task.WhenAll(browser.GetStringAsync(page), browser.GetStringAsync(page)));
        process.Terminate();
        Assert.Equal(0, await process.ExitAsync().EndsAsync());
    }

    private async Task CreateAsync()
    {
        await _pods.CreateAsync("kubernetes-vault", "kubernetes-vault-0", "127.0.0.1");
        await _pods.CreateAsync("kubernetes-vault", "kubernetes-vault-1", "127.0.0.2");
    }

    private Task<CliProcess.Result> RunAsync(params string[] arguments) => CliProcess.RunAsync(Variables, arguments);
}
