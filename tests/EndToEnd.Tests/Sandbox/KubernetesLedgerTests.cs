using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Whole deliveries with <c>state.store: kubernetes</c>, and everything that can happen to the ledger there.</summary>
public sealed class KubernetesLedgerTests : IAsyncLifetime
{
    private const string Configuration = "state:\n  store: kubernetes";
    private static readonly Uri Map = new("api/v1/namespaces/default/configmaps/kubernetes-vault-ledger", UriKind.Relative);

    private SandboxCluster _cluster = null!;
    private HttpClient _admin = null!;

    public async Task InitializeAsync()
    {
        _cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, new SandboxSetup { More = _ => Configuration });
        _admin = new HttpClient { BaseAddress = _cluster.ApiServer.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", _cluster.ApiServer.Token) } };
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Pods_are_served_and_the_ledger_is_in_one_ConfigMap_without_a_secret()
    {
        await ServeAsync("first", 10);
        Assert.False(Directory.Exists(Path.Combine(_cluster.Directory, "data")), "no file is used");
        var stored = Content()!;
        Assert.NotEqual(0, LedgerCodec.Decode(stored).Record.Highest);
        var text = Encoding.UTF8.GetString(LedgerCodec.Unpack(stored.Parts[LedgerCodec.EventsPart])) + string.Concat(stored.Texts.Values);
        Assert.Contains("e-accepted", text, StringComparison.Ordinal);
        Assert.DoesNotContain(_cluster.Vault.EverySecret, secret => text.Contains(secret, StringComparison.Ordinal));
        Assert.True(await _cluster.Controller.MetricAsync("kubernetesvault_ledger_bytes", default) > 0);
    }

    [Fact]
    public async Task A_killed_controller_loses_no_pod_of_a_storm()
    {
        const int Pods = 100;
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < Pods; i++) pods.Add(await RunAsync($"storm-{i}"));
        await Eventually.TrueAsync(() => pods.Count(pod => pod.ServedAt is not null) > 5, "the storm is on");
        var known = new HashSet<string>();
        await _cluster.CrashControllerAsync(() => known = Accessors(Stored()));
        await Task.WhenAll(pods.Select(ServedAsync));
        Assert.Equal(Pods, _cluster.Vault.WrappingTokens.Count(wrap => wrap.State == WrappingState.Unwrapped));
        Assert.NotEmpty(known);
        await Eventually.TrueAsync(
            () => _cluster.Vault.WrappingTokens.Where(wrap => known.Contains(wrap.Accessor)).All(wrap => wrap.State is WrappingState.Unwrapped or WrappingState.Revoked),
            "every wrapping token that the ledger knew as undelivered was used or revoked, none left to expire");
    }

    [Fact]
    public async Task Pods_pending_are_served_while_the_API_server_is_away_and_the_ledger_catches_up()
    {
        _cluster.Vault.Seal();
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < 5; i++) pods.Add(await RunAsync($"pending-{i}"));
        await Eventually.TrueAsync(() => Stored() is { } record && Count(record, "e-accepted") == 5, "all are pending");

        // The controller's requests fail. The kubelet's requests succeed.
        _cluster.ApiServer.Fault = request => request.Method == "GET" || request.Path.Value!.Contains("configmaps", StringComparison.Ordinal) ? 503 : null;
        _cluster.ApiServer.DropWatches();
        _cluster.Vault.Unseal();
        await Task.WhenAll(pods.Select(ServedAsync));
        await SaidAsync("kubernetes-vault-ledger cannot be read or written: 503: a fault of the sandbox; trying again");
        var unseen = await RunAsync("unseen");
        _cluster.ApiServer.Fault = _ => null;
        await ServedAsync(unseen);
        // The controller may hear first of the last pod's delivery or of its end. That depends on the watch.
        await Eventually.TrueAsync(() => Stored() is { } record && Accepted(record) == 6 && Count(record, "e-delivered") is 5 or 6, "all deliveries are in the ledger, each once");
        Assert.DoesNotContain(Output, line => line.Contains("is no longer owned by this process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_pending_when_the_API_server_refuses_connections_is_served_after_it()
    {
        _cluster.Vault.Seal();
        var pod = await RunAsync("pending");
        await Eventually.TrueAsync(() => Stored() is { } record && Count(record, "e-accepted") == 1, "it is pending");
        await _cluster.ApiServer.StopListeningAsync();
        await Eventually.TrueAsync(() => Output.Any(line => line.Contains("kubernetes-vault-ledger cannot be read or written: ", StringComparison.Ordinal) && line.Contains("trying again", StringComparison.Ordinal)), "the ledger is tried");
        await _cluster.ApiServer.ResumeListeningAsync();
        await SaidAsync("kubernetes-vault-ledger was written after");
        _cluster.Vault.Unseal();
        await ServedAsync(pod);
        Assert.Equal(0, await _cluster.Controller.MetricAsync("kubernetesvault_ledger_losses_total", default));
    }

    [Fact]
    public async Task A_ledger_that_an_operator_deletes_is_made_again()
    {
        await ServeAsync("before", 3);
        using (var deleted = await _admin.DeleteAsync(Map)) deleted.EnsureSuccessStatusCode();
        await ServeAsync("after", 3);
        await SaidAsync("is no longer owned by this process");
        await SaidAsync("it was deleted");
        // The new ledger has all runs of the deleted one.
        await Eventually.TrueAsync(() => Stored() is { } record && Accepted(record) == 6, "old and new runs are in it");
    }

    [Fact]
    public async Task A_ledger_that_was_edited_into_nonsense_is_begun_anew_and_no_pod_is_lost()
    {
        await ServeAsync("before", 3);
        _cluster.Vault.Seal();
        var waiting = await RunAsync("waiting");
        await Eventually.TrueAsync(() => Stored() is { } record && Count(record, "e-accepted") == 4, "it is pending");
        using (var edited = await _admin.PatchAsync(Map, new StringContent("""{"data":{"epoch":"nonsense"}}""", Encoding.UTF8, "application/merge-patch+json"))) edited.EnsureSuccessStatusCode();
        _cluster.Vault.Unseal();
        await ServedAsync(waiting);
        await ServeAsync("after", 3);
        await SaidAsync("does not contain a valid ledger: its checksum is wrong: it was changed by something else. The ledger is rebuilt");
    }

    [Fact]
    public async Task Of_two_controllers_that_claim_one_ledger_the_older_is_fenced_and_issues_nothing()
    {
        await ServeAsync("before", 2);
        var directory = Directory.CreateTempSubdirectory("akkavault-second-").FullName;
        await using var second = ControllerProcess.Start(directory, _cluster.Vault.Address, _cluster.ControllerToken, _cluster.Kubeconfig, more: Configuration);
        await second.ReadyAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        await Eventually.TrueAsync(() => second.Process.Output.Any(line => line.Contains("Watching pods", StringComparison.Ordinal)), "the second has recovered");

        // The older one claims the ledger back some seconds after it has been fenced; here it sees these pods only when they are served.
        _cluster.Controller.Process.Suspend();
        await ServeAsync("after", 3);
        _cluster.Controller.Process.Resume();
        await SaidAsync("has claimed it");
        await SaidAsync("before it claims the ledger back");
        Assert.Equal(1, await _cluster.Controller.MetricAsync("kubernetesvault_ledger_losses_total", default));
        Assert.DoesNotContain(second.Process.Output, line => line.Contains("is no longer owned by this process", StringComparison.Ordinal));
        Assert.Equal(3, await second.MetricAsync("kubernetesvault_vault_secret_id_requests_total", default));
        Assert.Equal(2, await _cluster.Controller.MetricAsync("kubernetesvault_vault_secret_id_requests_total", default));
        Assert.Equal(5, _cluster.Vault.WrappingTokens.Count);
        Assert.Equal(0, await second.StopAsync());
        Directory.Delete(directory, recursive: true);
    }

    private IReadOnlyList<string> Output => _cluster.Controller.Process.Output;

    private static int Count(LedgerRecord record, string manifest) => record.Events.Count(stored => stored.Payload.Manifest == manifest);

    private static int Accepted(LedgerRecord record) => record.Events.Where(stored => stored.Payload.Manifest == "e-accepted")
        .Select(stored => (string)JsonNode.Parse(stored.Payload.Bytes)!["target"]!["run"]!["uid"]!).Distinct().Count();

    private static HashSet<string> Accessors(LedgerRecord? record) =>
        [.. record!.Events.Where(stored => stored.Payload.Manifest == "e-issued").SelectMany(stored => JsonNode.Parse(stored.Payload.Bytes)!["outstanding"]!.AsArray().Select(wrap => (string)wrap!["accessor"]!))];

    private LedgerRecord? Stored() => Content() is { } content ? LedgerCodec.Decode(content).Record : null;

    // Read the store directly: the test also makes HTTP requests fail.
    private LedgerContent? Content() => _cluster.ApiServer.Find("configmaps", "default", "kubernetes-vault-ledger") is { } json
        ? new LedgerContent(
            json["data"]!.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!),
            json["binaryData"]!.AsObject().ToDictionary(pair => pair.Key, pair => Convert.FromBase64String((string)pair.Value!)))
        : null;

    private Task SaidAsync(string words) =>
        Eventually.TrueAsync(() => Output.Any(line => line.Contains(words, StringComparison.Ordinal)), $"the controller says \"{words}\"");

    private async Task ServeAsync(string name, int count)
    {
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < count; i++) pods.Add(await RunAsync($"{name}-{i}"));
        await Task.WhenAll(pods.Select(ServedAsync));
    }

    private Task<SimulatedPod> RunAsync(string name) => _cluster.RunPodAsync(_cluster.Plan(name));

    private Task ServedAsync(SimulatedPod pod) => _cluster.ServedAsync(pod);
}
