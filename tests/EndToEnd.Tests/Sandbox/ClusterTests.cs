using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Several controller processes that find one another through the API server, each on an address of its own.</summary>
public sealed class ClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(4));
    private SandboxCluster _cluster = null!;
    private int _pods;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_cluster is null) return;
        // What the controllers said is worth most when a test fails.
        for (var index = 0; index < _cluster.Controllers.Count; index++) Print(index);
        await _cluster.DisposeAsync();
        _deadline.Dispose();
    }

    [Fact]
    public async Task Three_that_start_at_once_form_one_cluster_and_serve()
    {
        await PrepareAsync();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_cluster.Controllers.StartAsync));
        await OneClusterAsync();
        output.WriteLine($"three together: one cluster after {clock.Elapsed.TotalSeconds:F2} s");
        await ServeAsync();
        output.WriteLine($"three together: a pod served after {clock.Elapsed.TotalSeconds:F2} s");
        await DiscoveredAsync(3);
    }

    [Fact]
    public async Task Those_that_start_one_by_one_the_lowest_address_last_form_one_cluster_on_an_API_server_without_slices()
    {
        await PrepareAsync(slices: false);
        await _cluster.Controllers.StartAsync(2);
        // Alone it is no majority.
        await SaysNothingOfAClusterAsync(2);
        await _cluster.Controllers.StartAsync(1);
        await Eventually.TrueAsync(() => MembersAsync(2), members => members?.Up.Count == 2, "the two of them form a cluster");
        await _cluster.Controllers.StartAsync(0);
        await OneClusterAsync();
        await ServeAsync();
        await DiscoveredAsync(3);
    }

    [Fact]
    public async Task When_the_leader_is_killed_the_next_pod_is_served_by_another_and_started_again_it_comes_back()
    {
        await StartAsync();
        var times = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            await ServeAsync();
            var leader = await LeaderAsync();
            var clock = Stopwatch.StartNew();
            _cluster.Controllers[leader].Process.Kill();
            await ServeAsync();
            times.Add(clock.Elapsed.TotalSeconds);
            await _cluster.Controllers.StartAsync(leader);
            await OneClusterAsync();
            Assert.NotEqual(leader, await LeaderAsync());
        }

        output.WriteLine($"leader killed: next pod served after {string.Join(", ", times.Select(time => $"{time:F2}"))} s; median {times.Order().ElementAt(times.Count / 2):F2} s");
    }

    [Fact]
    public async Task When_the_leader_hangs_the_majority_goes_on_and_it_ends_when_it_wakes_up()
    {
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        var clock = Stopwatch.StartNew();
        // Its port still takes connections, as behind a partition none is refused.
        await SignalAsync("STOP", leader);
        await ServeAsync();
        output.WriteLine($"leader hangs: next pod served after {clock.Elapsed.TotalSeconds:F2} s");
        await SignalAsync("CONT", leader);
        Assert.Equal(1, await _cluster.Controllers[leader].Process.ExitAsync().EndsAsync());
        Assert.Contains(_cluster.Controllers[leader].Process.Output, line => line.Contains("the others have taken it out of the cluster", StringComparison.Ordinal));
        await _cluster.Controllers.StartAsync(leader);
        await OneClusterAsync();
        await ServeAsync();
    }

    [Fact]
    public async Task When_another_than_the_leader_is_killed_every_pod_of_a_storm_is_served_once()
    {
        await StartAsync();
        var other = (await LeaderAsync() + 1) % 3;
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < 40; i++) pods.Add(await RunAsync());
        await Eventually.TrueAsync(() => pods.Count(pod => pod.ServedAt is not null) > 2, "the storm is on");
        var killed = DateTimeOffset.UtcNow;
        await _cluster.Controllers.KillAsync(other);
        await ServedOnceAsync(pods);
        output.WriteLine($"another than the leader killed: the last of the pods served {(pods.Max(pod => pod.ServedAt) - killed)!.Value.TotalSeconds:F2} s after it");
    }

    [Fact]
    public async Task One_replica_with_a_cluster_section_forms_a_cluster_by_itself()
    {
        _cluster = await SandboxCluster.PrepareAsync(_ => { }, _deadline.Token, 1);
        var ip = _cluster.Controllers.AddressOf(0);
        using var admin = Admin();
        await new ControllerService(admin, slices: true).PublishAsync([ip], _deadline.Token);
        var clock = Stopwatch.StartNew();
        await using var controller = ControllerProcess.Start(_cluster.Directory, _cluster.Vault.Address, _cluster.ControllerToken, _cluster.Kubeconfig, place: new ControllerPlace(ip, 1));
        await controller.ReadyAsync(_deadline.Token);
        output.WriteLine($"one replica: ready after {clock.Elapsed.TotalSeconds:F2} s");
        await ServeAsync();
        output.WriteLine($"one replica: a pod served after {clock.Elapsed.TotalSeconds:F2} s");
    }

    [Fact]
    public async Task When_the_leader_is_asked_to_stop_while_pods_arrive_all_are_served_once_and_none_waits_for_it()
    {
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        var pods = new List<SimulatedPod>();
        Task<int>? stopping = null;
        for (var i = 0; i < 60; i++)
        {
            if (i == 20) stopping = _cluster.Controllers[leader].StopAsync();
            pods.Add(await RunAsync());
            await Task.Delay(20);
        }

        Assert.Equal(0, await stopping!);
        await ServedOnceAsync(pods);
        output.WriteLine($"leader asked to stop: the pod that waited longest, {pods.Max(pod => (pod.ServedAt - pod.StartedAt)!.Value.TotalSeconds):F2} s");
        Assert.NotEqual(leader, await LeaderAsync());
    }

    [Fact]
    public async Task One_that_is_killed_and_started_at_once_under_its_address_replaces_its_old_incarnation()
    {
        await StartAsync();
        var leader = await LeaderAsync();
        var clock = Stopwatch.StartNew();
        await _cluster.Controllers.KillAsync(leader);
        await _cluster.Controllers.StartAsync(leader);
        await ServeAsync();
        output.WriteLine($"leader killed and started at once: next pod served after {clock.Elapsed.TotalSeconds:F2} s");
        await OneClusterAsync();
        output.WriteLine($"leader killed and started at once: all members after {clock.Elapsed.TotalSeconds:F2} s");
    }

    [Fact]
    public async Task One_that_comes_back_under_another_address_joins_the_same_cluster()
    {
        await StartAsync();
        await _cluster.Controllers.KillAsync(0);
        await _cluster.Controllers.MoveAsync(0, _deadline.Token);
        await _cluster.Controllers.StartAsync(0);
        await OneClusterAsync();
        await ServeAsync();
    }

    [Fact]
    public async Task All_stopped_and_started_again_form_one_cluster_and_serve_what_was_waiting()
    {
        await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(index => _cluster.Controllers[index].StopAsync()));
        var waiting = await RunAsync();
        for (var index = 2; index >= 0; index--) await _cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
        await ServedOnceAsync([waiting]);
    }

    private async Task PrepareAsync(bool slices = true)
    {
        _cluster = await SandboxCluster.PrepareAsync(_ => { }, _deadline.Token, 3, slices);
        await GrantAsync();
    }

    /// <summary>The controllers run with exactly the rights of the manifests.</summary>
    private async Task GrantAsync()
    {
        const string Token = "the-controllers-token";
        _cluster.ApiServer.AddUser("system:serviceaccount:kubernetes-vault:kubernetes-vault", Token);
        using var admin = Admin();
        foreach (var item in Manifest.Read("rbac", "clusterrole.yaml").Concat(Manifest.Read("rbac", "discovery.yaml")))
        {
            var kind = (string)item["kind"]!;
            if (!kind.StartsWith("Cluster", StringComparison.Ordinal)) item["metadata"]!["namespace"] = ControllerService.Namespace;
            var path = $"apis/rbac.authorization.k8s.io/v1/{(kind.StartsWith("Cluster", StringComparison.Ordinal) ? "" : $"namespaces/{ControllerService.Namespace}/")}{kind.ToLowerInvariant()}s";
            using var answer = await admin.PostAsync(new Uri(path, UriKind.Relative), new StringContent(item.ToJsonString(), Encoding.UTF8, "application/json"), _deadline.Token);
            answer.EnsureSuccessStatusCode();
        }

        var kubeconfig = await File.ReadAllTextAsync(_cluster.Kubeconfig);
        await File.WriteAllTextAsync(_cluster.Kubeconfig, kubeconfig.Replace(_cluster.ApiServer.Token, Token, StringComparison.Ordinal));
    }

    private HttpClient Admin()
    {
        var admin = new HttpClient { BaseAddress = _cluster.ApiServer.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _cluster.ApiServer.Token);
        return admin;
    }

    private async Task SignalAsync(string signal, int index)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_cluster.Controllers[index].Process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private async Task StartAsync()
    {
        await PrepareAsync();
        for (var index = 0; index < 3; index++) await _cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
    }

    /// <summary>All three see the same three members, and each is ready.</summary>
    private async Task OneClusterAsync()
    {
        for (var index = 0; index < 3; index++)
        {
            var seenBy = index;
            var expected = Enumerable.Range(0, 3).Select(_cluster.Controllers.AddressOf).Order(StringComparer.Ordinal);
            await Eventually.TrueAsync(() => MembersAsync(seenBy), members => members is { Others.Count: 0 } && members.Up.SequenceEqual(expected), $"controller {index} sees all three");
        }

        await _cluster.Controllers.ReadyAsync(_deadline.Token);
    }

    private async Task<int> LeaderAsync()
    {
        int? leader = null;
        await Eventually.TrueAsync(async () => leader = await _cluster.Controllers.LeaderAsync(_deadline.Token), found => found is not null, "somebody leads");
        return leader!.Value;
    }

    private Task<ClusterMembers?> MembersAsync(int index) => _cluster.Controllers.MembersSeenByAsync(index, _deadline.Token);

    private Task SaysNothingOfAClusterAsync(int index) => Eventually.TrueAsync(
        async () => (await MembersAsync(index), await ReadyAnswerAsync(index)),
        answer => answer.Item1 is { Up.Count: 0 } && answer.Item2.Contains("not in the cluster yet", StringComparison.Ordinal), "it answers, and is in no cluster");

    private async Task<string> ReadyAnswerAsync(int index)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{_cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}/ready"), _deadline.Token);
            return await answer.Content.ReadAsStringAsync(_deadline.Token);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private Task DiscoveredAsync(int nodes) => Eventually.TrueAsync(
        () => _cluster.Controllers[0].MetricAsync("kubernetesvault_kubernetes_discovered_nodes_total", _deadline.Token), found => found == nodes, $"{nodes} controllers are discovered");

    private Task<SimulatedPod> RunAsync() => _cluster.RunPodAsync(_cluster.Plan($"pod-{_pods++}"));

    private async Task ServeAsync() => await ServedOnceAsync([await RunAsync()]);

    private async Task ServedOnceAsync(IReadOnlyCollection<SimulatedPod> pods)
    {
        await Task.WhenAll(pods.Select(pod => pod.Running)).EndsAsync();
        Assert.All(pods, pod => Assert.True(_cluster.Vault.IsLiveToken(SandboxCluster.TokenOf(pod)!.ClientToken), $"the token of {pod.Plan.Name} is not alive"));
        var unwrapped = _cluster.Vault.WrappingTokens.Where(wrap => wrap.State == WrappingState.Unwrapped).CountBy(wrap => wrap.Metadata["uid"]).ToDictionary();
        Assert.All(pods, pod => Assert.Equal(1, unwrapped.GetValueOrDefault(pod.Uid)));
    }

    private void Print(int index)
    {
        try
        {
            foreach (var line in _cluster.Controllers[index].Process.Output) output.WriteLine($"{index}: {line}");
        }
        catch (InvalidOperationException)
        {
            output.WriteLine($"{index}: not started");
        }
    }
}
