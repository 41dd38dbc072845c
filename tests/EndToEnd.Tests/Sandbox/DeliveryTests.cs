using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Whole deliveries: a simulated Vault and API server over HTTP, a real controller process and real init containers.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private SandboxCluster _cluster = null!;
    private int _doomed;

    public async Task InitializeAsync() => _cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Pods_of_one_name_in_two_namespaces_each_get_a_token_of_their_own()
    {
        var pods = new[] { await RunAsync("same", "blue"), await RunAsync("same", "green") };
        await Task.WhenAll(pods.Select(ServedAsync));
        Assert.Equal(2, pods.Select(pod => SandboxCluster.TokenOf(pod)!.ClientToken).Distinct().Count());
        Assert.Equal(pods.Select(pod => pod.Uid).Order(), _cluster.Vault.WrappingTokens.Select(wrap => wrap.Metadata["uid"]).Order());
    }

    [Fact]
    public async Task A_pod_that_is_created_again_under_its_name_gets_a_new_token()
    {
        var first = await RunAsync("db-0");
        await ServedAsync(first);
        await _cluster.Kubelet.DeleteAsync(first, default).EndsAsync();
        var second = await RunAsync("db-0");
        await ServedAsync(second);
        Assert.NotEqual(SandboxCluster.TokenOf(first)!.ClientToken, SandboxCluster.TokenOf(second)!.ClientToken);
    }

    [Fact]
    public async Task An_init_container_that_is_killed_runs_again_and_is_served()
    {
        // Vault issues nothing until the first run has ended.
        _cluster.Vault.Seal();
        var pod = await RunAsync("crash");
        await Eventually.TrueAsync(() => pod.Process is not null && pod.Process.Output.Count > 0, "the init container has started");
        pod.Process!.Kill();
        await Eventually.TrueAsync(() => pod.Restarts > 0, "it was started again");
        _cluster.Vault.Unseal();
        await ServedAsync(pod);
    }

    [Fact]
    public async Task A_pod_that_is_deleted_in_the_middle_leaves_no_live_wrapping_token()
    {
        var pod = await RunDoomedAsync("doomed");
        await Eventually.TrueAsync(() => _cluster.Vault.WrappingTokens.Count > 0 || pod.Running.IsCompleted, "a token was issued");
        await _cluster.Kubelet.DeleteAsync(pod, default).EndsAsync();
        await Eventually.TrueAsync(() => _cluster.Vault.WrappingTokens.All(wrap => wrap.State != WrappingState.Issued), "nothing undelivered is alive");
    }

    [Fact]
    public async Task A_controller_that_ends_leaves_no_live_wrapping_token_that_was_not_delivered()
    {
        await RunDoomedAsync("doomed");
        await PushesFailedAsync(1);
        Assert.Equal(0, await _cluster.Controller.StopAsync());
        Assert.All(_cluster.Vault.WrappingTokens, wrap => Assert.Equal(WrappingState.Revoked, wrap.State));
    }

    [Fact]
    public async Task One_revocation_that_fails_at_the_end_does_not_keep_the_others_from_being_tried()
    {
        const int Pods = 3;
        for (var i = 0; i < Pods; i++) await RunDoomedAsync($"doomed-{i}");
        await PushesFailedAsync(Pods);
        var failed = 0;
        _cluster.Vault.Fault = request =>
            request.Path.EndsWith("/revoke-accessor", StringComparison.Ordinal) && Interlocked.Exchange(ref failed, 1) == 0 ? VaultFault.Answer(500, "internal error") : null;
        Assert.Equal(0, await _cluster.Controller.StopAsync());
        Assert.Equal(1, failed);
        Assert.Single(_cluster.Vault.WrappingTokens, wrap => wrap.State != WrappingState.Revoked);
        Assert.Equal(1, _cluster.Said("undelivered wrapping tokens could not be revoked"));
    }

    [Fact]
    public async Task A_pod_with_an_ipv6_address_is_served()
    {
        var pod = await _cluster.RunPodAsync(_cluster.Plan("six") with { Ip = "::1" });
        await ServedAsync(pod);
    }

    [Fact]
    public async Task An_annotation_that_names_no_container_is_said_once_and_disturbs_nobody()
    {
        var wrong = await _cluster.RunPodAsync(_cluster.Plan("wrong") with { AnnotatedContainer = "instal" });
        await ServedAsync(await RunAsync("right"));
        var said = _cluster.Controller.Process.Output.Where(line => line.Contains("default/wrong", StringComparison.Ordinal)).ToList();
        Assert.Contains("names instal, and the pod has no such container (init containers: install; containers: app)", Assert.Single(said), StringComparison.Ordinal);
        Assert.DoesNotContain(_cluster.Vault.WrappingTokens, wrap => wrap.Metadata["uid"] == wrong.Uid);
        await _cluster.Kubelet.DeleteAsync(wrong, default).EndsAsync();
    }

    [Fact]
    public async Task Pods_are_served_after_Vault_was_sealed_and_after_watches_were_lost()
    {
        _cluster.Vault.Seal();
        var pod = await RunAsync("patient");
        _cluster.ApiServer.Compact();
        _cluster.ApiServer.DropWatches();
        var second = await RunAsync("unseen");
        _cluster.Vault.Unseal();
        await Task.WhenAll(ServedAsync(pod), ServedAsync(second));
    }

    [Fact]
    public async Task Pods_are_served_after_the_API_server_refused_connections_and_after_it_answered_with_errors()
    {
        await _cluster.ApiServer.StopListeningAsync();
        await SaidAsync("trying again");
        await _cluster.ApiServer.ResumeListeningAsync();
        await ServedAsync(await RunAsync("after-the-outage"));

        // Only the controller's requests fail. The kubelet's requests succeed.
        _cluster.ApiServer.Fault = request => request.Method == "GET" ? 503 : null;
        _cluster.ApiServer.DropWatches();
        await SaidAsync("503: a fault of the sandbox; trying again");
        var unseen = await RunAsync("unseen");
        _cluster.ApiServer.Fault = _ => null;
        await ServedAsync(unseen);
    }

    [Fact]
    public async Task A_killed_controller_loses_no_pod_of_a_storm_and_leaves_no_token_that_it_knew_of()
    {
        const int Pods = 200;
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < Pods; i++) pods.Add(await RunAsync($"storm-{i}"));
        await Eventually.TrueAsync(() => pods.Count(pod => pod.ServedAt is not null) > 5, "the storm is on");
        var known = new HashSet<string>();
        var killed = await _cluster.CrashControllerAsync(() => known = StoredLedger.Accessors(_cluster.Directory));
        await Task.WhenAll(pods.Select(ServedAsync));
        Assert.Equal(Pods, pods.Select(pod => SandboxCluster.TokenOf(pod)!.ClientToken).Distinct().Count());
        Assert.All(pods, pod => Assert.True(_cluster.Vault.IsLiveToken(SandboxCluster.TokenOf(pod)!.ClientToken)));
        Assert.Equal(Pods, _cluster.Vault.WrappingTokens.Count(wrap => wrap.State == WrappingState.Unwrapped));
        Assert.NotEmpty(known);
        await Eventually.TrueAsync(
            () => _cluster.Vault.WrappingTokens.Where(wrap => known.Contains(wrap.Accessor)).All(wrap => wrap.State is WrappingState.Unwrapped or WrappingState.Revoked),
            "every wrapping token that the ledger knew as undelivered was used or revoked, none left to expire");
        NoSecretIn(killed.Concat(_cluster.Controller.Process.Output));
    }

    [Fact]
    public async Task A_right_to_revoke_that_is_missing_is_said_once_and_stops_nothing()
    {
        _cluster.Vault.Setup.WritePolicy("kubernetes-vault", $$"""
            path "auth/token/roles/kubernetes-vault" { capabilities = ["read"] }
            path "auth/approle/role/{{SandboxCluster.Role}}/secret-id" { capabilities = ["update"] }
            """);
        for (var i = 0; i < 3; i++)
        {
            var issued = _cluster.Vault.WrappingTokens.Count;
            var pod = await RunDoomedAsync($"doomed-{i}");
            await Eventually.TrueAsync(() => _cluster.Vault.WrappingTokens.Count > issued, "a token was issued");
            await _cluster.Kubelet.DeleteAsync(pod, default).EndsAsync();
        }

        await Eventually.TrueAsync(() => RefusedRevocations() > 0, "a revocation was refused");
        await ServedAsync(await RunAsync("after"));
        Assert.Equal(1, RefusedRevocations());
    }

    [Fact]
    public async Task No_secret_is_in_any_log_line_at_debug_level()
    {
        var pods = new[] { await RunAsync("a"), await RunAsync("b") };
        await Task.WhenAll(pods.Select(ServedAsync));
        Assert.Equal(0, await _cluster.Controller.StopAsync());
        var lines = pods.SelectMany(pod => pod.Output).Concat(_cluster.Controller.Process.Output).ToList();
        Assert.NotEmpty(lines);
        NoSecretIn(lines);
    }

    /// <summary>All metrics of Kubernetes-Vault, with their names, types and labels, and the least value after one delivery.</summary>
    private static readonly (string Name, string Type, string Label, int Least)[] s_originalMetrics =
    [
        ("kubernetes_discovered_nodes_total", "gauge", "", 1),
        ("vault_secret_id_requests_total", "counter", "approle", 1),
        ("vault_secret_id_requests_failures_total", "counter", "approle", 0),
        ("vault_token_renewal_requests_total", "counter", "", 0),
        ("vault_token_renewal_request_failures_total", "counter", "", 0),
        ("vault_certificate_renewal_requests_total", "counter", "", 0),
        ("vault_certificate_renewal_request_failures_total", "counter", "", 0),
        ("raft_leader_changes_seen_total", "counter", "", 1),
        ("raft_nodes_total", "gauge", "", 1),
        ("gossip_nodes_joined_total", "counter", "node", 1),
        ("gossip_nodes_left_total", "counter", "node", 0),
        ("gossip_nodes_failed_total", "counter", "node", 0),
        ("gossip_nodes_reaped_total", "counter", "node", 0),
        ("server_secret_pushes_total", "counter", "approle", 1),
        ("server_secret_push_failures_total", "counter", "approle", 0),
        ("delivery_since_seen_seconds", "histogram", "", 0),
    ];

    [Fact]
    public async Task The_originals_metrics_are_there_with_their_types_and_labels()
    {
        await ServedAsync(await RunAsync("counted"));
        using var http = new HttpClient { BaseAddress = _cluster.Controller.Address };
        var lines = (await http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Split('\n');
        foreach (var (name, type, label, least) in s_originalMetrics)
        {
            var full = "kubernetesvault_" + name;
            Assert.Contains($"# TYPE {full} {type}", lines);
            var labels = lines.Where(line => line.StartsWith(full + "{", StringComparison.Ordinal)).Select(line => line[(full.Length + 1)..line.IndexOf('=', StringComparison.Ordinal)]);
            Assert.All(labels, own => Assert.Equal(label, own));
            // A push is counted when its answer is read; the pod may already run by then.
            if (type != "histogram") await Eventually.TrueAsync(() => _cluster.Controller.MetricAsync(full, default), value => value >= least, name);
        }
    }

    private Task SaidAsync(string words) =>
        Eventually.TrueAsync(() => _cluster.Said(words) > 0, $"the controller says \"{words}\"");

    private int RefusedRevocations() => _cluster.Said("cannot be revoked");

    private Task<SimulatedPod> RunAsync(string name, string ns = "default") => _cluster.RunPodAsync(_cluster.Plan(name, ns));

    /// <summary>
    /// Runs a pod whose reported address is not the address of its init container. Pushes
    /// are refused, and the wrapping token stays undelivered until the pod is deleted.
    /// </summary>
    private Task<SimulatedPod> RunDoomedAsync(string name) =>
        _cluster.RunPodAsync(_cluster.Plan(name) with { Ip = "127.1.1.1", Environment = new Dictionary<string, string> { ["LISTEN_ADDRESS"] = $"127.1.2.{++_doomed}" } });

    /// <summary>Once a push has failed, the controller knows the wrapping token; Vault has issued it earlier.</summary>
    private Task PushesFailedAsync(int pods) =>
        Eventually.TrueAsync(async () => await _cluster.Controller.MetricAsync("kubernetesvault_server_secret_push_failures_total", default), failed => failed >= pods, "each has its wrapping token");

    private Task ServedAsync(SimulatedPod pod) => _cluster.ServedAsync(pod);

    private void NoSecretIn(IEnumerable<string> lines) => _cluster.NoSecretIn(lines);
}
