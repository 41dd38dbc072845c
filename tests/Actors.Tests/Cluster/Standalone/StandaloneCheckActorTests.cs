using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Actors.Tests.Logging;
using AkkaVault.Controller.Cluster.Standalone;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Actors.Tests.Cluster.Standalone;

/// <summary>A controller without a cluster section checks its Service over HTTP. The time between the checks is virtual.</summary>
public sealed class StandaloneCheckActorTests() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\""), IAsyncLifetime
{
    private const string Refused = "is forbidden";
    private readonly RecordingLog<StandaloneCheckActor> _log = new();
    private readonly ControllerMetrics _metrics = new(Prometheus.Metrics.NewCustomRegistry());
    private SimulatedApiServer _server = null!;
    private HttpClient _admin = null!;
    private ApiServer? _api;
    private IActorRef _actor = ActorRefs.Nobody;

    public Task InitializeAsync() => ServeAsync(slices: true);

    public async Task DisposeAsync()
    {
        _api?.Dispose();
        _admin.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_addresses_in_two_checks_in_a_row_are_counted_and_warned_of_once(bool slices)
    {
        if (!slices) await ServeAsync(slices: false);
        Start(_server.Token);
        await PublishAsync("10.1.0.1");
        await CheckAsync(StandaloneCheckActor.FirstCheckDelay, "1 addresses");
        await PublishAsync("10.1.0.1", "10.1.0.2");
        await CheckAsync(StandaloneCheckActor.Interval, "2 addresses");
        Assert.Empty(Warnings);
        Assert.Equal("2", await DiscoveredAsync());

        await PublishAsync("10.1.0.1", "10.1.0.2", "10.1.0.3");
        await CheckAsync(StandaloneCheckActor.Interval, "3 addresses");
        await CheckAsync(StandaloneCheckActor.Interval, "3 addresses");
        var warning = Assert.Single(Warnings);
        Assert.StartsWith("3 addresses are behind the Service default/kubernetes-vault, and this controller has no cluster section", warning, StringComparison.Ordinal);
        foreach (var expected in (string[])["cluster.hostname: $POD_IP", "cluster.replicas", "state.store: kubernetes"]) Assert.Contains(expected, warning, StringComparison.Ordinal);
        Assert.Equal("3", await DiscoveredAsync());
    }

    [Fact]
    public async Task A_rolling_update_is_no_reason_to_say_anything()
    {
        Start(_server.Token);
        var delay = StandaloneCheckActor.FirstCheckDelay;
        foreach (var addresses in (string[][])[["10.1.0.1"], ["10.1.0.1", "10.1.0.2"], ["10.1.0.2"], ["10.1.0.2", "10.1.0.3"], ["10.1.0.3"]])
        {
            await PublishAsync(addresses);
            await CheckAsync(delay, $"{addresses.Length} addresses");
            delay = StandaloneCheckActor.Interval;
        }

        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task Without_the_service_it_is_the_only_one()
    {
        Start(_server.Token);
        await CheckAsync(StandaloneCheckActor.FirstCheckDelay, "0 addresses");
        await CheckAsync(StandaloneCheckActor.Interval, "0 addresses");
        Assert.Empty(Warnings);
        Assert.Equal("1", await DiscoveredAsync());
    }

    [Fact]
    public async Task Without_the_right_to_read_the_Service_it_does_not_warn_and_with_the_right_to_Endpoints_alone_it_reads_those()
    {
        _server.AddUser("controller", "a-token");
        await PublishAsync("10.1.0.1", "10.1.0.2");
        Start("a-token");
        await CheckAsync(StandaloneCheckActor.FirstCheckDelay, Refused);
        await CheckAsync(StandaloneCheckActor.Interval, Refused);
        Assert.Empty(Warnings);
        Assert.Equal("1", await DiscoveredAsync());

        await new ControllerService(_admin, slices: false).PublishAsync(["10.1.0.1", "10.1.0.2"], CancellationToken.None);
        await GrantAsync("", "endpoints", "get");
        await CheckAsync(StandaloneCheckActor.Interval, "2 addresses");
        await CheckAsync(StandaloneCheckActor.Interval, "2 addresses");
        Assert.Single(Warnings);
    }

    [Fact]
    public async Task An_API_server_that_fails_is_asked_again()
    {
        await PublishAsync("10.1.0.1", "10.1.0.2");
        Start(_server.Token);
        await CheckAsync(StandaloneCheckActor.FirstCheckDelay, "2 addresses");
        _server.Fault = _ => 500;
        await CheckAsync(StandaloneCheckActor.Interval, "500");
        await _server.StopListeningAsync();
        await CheckAsync(StandaloneCheckActor.Interval, "refused");
        Assert.Empty(Warnings);
    }

    private IEnumerable<string> Warnings => _log.Entries.Where(entry => entry.Id == 1506).Select(entry => entry.Text);

    private List<string> Checks => [.. _log.Entries.Select(entry => entry.Text).Where(text => text.StartsWith("Checked the Service default/kubernetes-vault: ", StringComparison.Ordinal))];

    private async Task ServeAsync(bool slices)
    {
        if (_server is { } old) await old.DisposeAsync();
        _server = await SimulatedApiServer.StartAsync(slices ? ApiServerVersion.Kubernetes136 : ApiServerVersion.Kubernetes120);
        _admin = new HttpClient { BaseAddress = _server.Address };
        _admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _server.Token);
    }

    private void Start(string token)
    {
        _api = ApiServer.For(_server.Address, token);
        _actor = Sys.ActorOf(Props.Create(() => new StandaloneCheckActor(
            _api, new KubernetesSettings(WatchScope.Parse("default"), ControllerService.Namespace, ControllerService.Name, null), _metrics, _log)));
    }

    private Task PublishAsync(params string[] addresses) => new ControllerService(_admin, _server.ServesSlices).PublishAsync(addresses, CancellationToken.None);

    /// <summary>Advances the time, and waits for the one check that is due.</summary>
    private async Task CheckAsync(TimeSpan delay, string expected)
    {
        // After this answer the actor has handled all earlier messages, and its timer runs.
        await _actor.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(30));
        var before = Checks.Count;
        var scheduler = (TestScheduler)Sys.Scheduler;
        scheduler.Advance(delay - TimeSpan.FromSeconds(1));
        await _actor.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(30));
        Assert.Equal(before, Checks.Count);
        scheduler.Advance(TimeSpan.FromSeconds(1));
        await AwaitConditionAsync(() => Task.FromResult(Checks.Count > before), TimeSpan.FromSeconds(30));
        Assert.Equal(before + 1, Checks.Count);
        Assert.Contains(expected, Checks[^1], StringComparison.Ordinal);
    }

    private async Task<string> DiscoveredAsync()
    {
        using var stream = new MemoryStream();
        await _metrics.Registry.CollectAndExportAsTextAsync(stream);
        const string Name = "kubernetesvault_kubernetes_discovered_nodes_total ";
        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n').Single(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..];
    }

    private async Task GrantAsync(string group, string resource, string verb)
    {
        var rbac = new Uri("apis/rbac.authorization.k8s.io/v1/namespaces/default/", UriKind.Relative);
        foreach (var (kind, body) in (IEnumerable<(string, JsonObject)>)
        [
            ("roles", new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "looks" },
                ["rules"] = new JsonArray(new JsonObject { ["apiGroups"] = new JsonArray(group), ["resources"] = new JsonArray(resource), ["verbs"] = new JsonArray(verb) }),
            }),
            ("rolebindings", new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "looks" },
                ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Role", ["name"] = "looks" },
                ["subjects"] = new JsonArray(new JsonObject { ["kind"] = "User", ["apiGroup"] = "rbac.authorization.k8s.io", ["name"] = "controller" }),
            }),
        ])
        {
            using var response = await _admin.PostAsync(new Uri($"{rbac}{kind}", UriKind.Relative), new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }
    }
}
