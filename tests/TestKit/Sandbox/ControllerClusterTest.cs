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
public abstract class ControllerClusterTest(ITestOutputHelper output) : IAsyncLifetime
{
    private const int MostPrinted = 3000;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(10));
    private int _pods;

    protected ITestOutputHelper Output { get; } = output;

    protected CancellationToken Deadline => _deadline.Token;

    protected SandboxCluster Cluster { get; private set; } = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (Cluster is null) return;
        // What the controllers said is worth most when a test fails.
        for (var index = 0; index < Cluster.Controllers.Count; index++) Print(index);
        await Cluster.DisposeAsync();
        _deadline.Dispose();
    }

    protected Task PrepareAsync(ApiServerVersion apiServer = ApiServerVersion.Kubernetes136, int controllers = 3) =>
        PrepareAsync(new SandboxSetup { Controllers = controllers, ApiServer = apiServer });

    protected async Task PrepareAsync(SandboxSetup setup)
    {
        Cluster = await SandboxCluster.PrepareAsync(_ => { }, Deadline, setup);
        await GrantAsync();
    }

    /// <summary>The controllers run with exactly the rights of the manifests.</summary>
    private async Task GrantAsync()
    {
        const string Token = "the-controllers-token";
        Cluster.ApiServer.AddUser("system:serviceaccount:kubernetes-vault:kubernetes-vault", Token);
        using var admin = Admin();
        foreach (var item in Manifest.Read("rbac/all-namespaces", "clusterrole.yaml").Concat(Manifest.Read("rbac", "discovery.yaml")).Concat(Manifest.Read("rbac", "ledger-role.yaml")).Concat(Manifest.Read("rbac", "lease.yaml")))
        {
            var kind = (string)item["kind"]!;
            if (!kind.StartsWith("Cluster", StringComparison.Ordinal)) item["metadata"]!["namespace"] = ControllerService.Namespace;
            var path = $"apis/rbac.authorization.k8s.io/v1/{(kind.StartsWith("Cluster", StringComparison.Ordinal) ? "" : $"namespaces/{ControllerService.Namespace}/")}{kind.ToLowerInvariant()}s";
            using var answer = await admin.PostAsync(new Uri(path, UriKind.Relative), new StringContent(item.ToJsonString(), Encoding.UTF8, "application/json"), Deadline);
            answer.EnsureSuccessStatusCode();
        }

        var kubeconfig = await File.ReadAllTextAsync(Cluster.Kubeconfig);
        await File.WriteAllTextAsync(Cluster.Kubeconfig, kubeconfig.Replace(Cluster.ApiServer.Token, Token, StringComparison.Ordinal));
    }

    protected HttpClient Admin()
    {
        var admin = new HttpClient { BaseAddress = Cluster.ApiServer.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Cluster.ApiServer.Token);
        return admin;
    }

    protected async Task SignalAsync(string signal, int index)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {Cluster.Controllers[index].Process.Id}"]);
        await kill.WaitForExitAsync();
    }

    protected Task StartAsync() => StartAsync(new SandboxSetup { Controllers = 3 });

    protected async Task StartAsync(SandboxSetup setup)
    {
        await PrepareAsync(setup);
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
    }

    /// <summary>All three see the same three members, and each is ready.</summary>
    protected async Task OneClusterAsync()
    {
        for (var index = 0; index < 3; index++)
        {
            var seenBy = index;
            var expected = Enumerable.Range(0, 3).Select(Cluster.Controllers.AddressOf).Order(StringComparer.Ordinal);
            await Eventually.TrueAsync(() => MembersAsync(seenBy), members => members is { Others.Count: 0 } && members.Up.SequenceEqual(expected), $"controller {index} sees all three");
        }

        await Cluster.Controllers.ReadyAsync(Deadline);
    }

    protected async Task<int> LeaderAsync()
    {
        int? leader = null;
        await Eventually.TrueAsync(async () => leader = await Cluster.Controllers.LeaderAsync(Deadline), found => found is not null, "somebody leads");
        return leader!.Value;
    }

    protected Task<ClusterMembers?> MembersAsync(int index) => Cluster.Controllers.MembersSeenByAsync(index, Deadline);

    protected Task SaysNothingOfAClusterAsync(int index) => Eventually.TrueAsync(
        async () => (await MembersAsync(index), await ReadyAnswerAsync(index)),
        answer => answer.Item1 is { Up.Count: 0 } && answer.Item2.Contains("not in the cluster yet", StringComparison.Ordinal), "it answers, and is in no cluster");

    private async Task<string> ReadyAnswerAsync(int index)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{Cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}/ready"), Deadline);
            return await answer.Content.ReadAsStringAsync(Deadline);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    protected Task DiscoveredAsync(int nodes) => Eventually.TrueAsync(
        () => Cluster.Controllers[0].MetricAsync("kubernetesvault_kubernetes_discovered_nodes_total", Deadline), found => found == nodes, $"{nodes} controllers are discovered");

    protected Task<SimulatedPod> RunAsync() => Cluster.RunPodAsync(Cluster.Plan($"pod-{_pods++}"));

    protected async Task ServeAsync() => await ServedOnceAsync([await RunAsync()]);

    protected async Task ServedOnceAsync(IReadOnlyCollection<SimulatedPod> pods)
    {
        await Task.WhenAll(pods.Select(pod => pod.Running)).EndsAsync();
        Assert.All(pods, pod => Assert.True(Cluster.Vault.IsLiveToken(SandboxCluster.TokenOf(pod)!.ClientToken), $"the token of {pod.Plan.Name} is not alive"));
        var unwrapped = Cluster.Vault.WrappingTokens.Where(wrap => wrap.State == WrappingState.Unwrapped).CountBy(wrap => wrap.Metadata["uid"]).ToDictionary();
        Assert.All(pods, pod => Assert.Equal(1, unwrapped.GetValueOrDefault(pod.Uid)));
    }

    private void Print(int index)
    {
        try
        {
            foreach (var line in Cluster.Controllers[index].Process.Output.TakeLast(MostPrinted)) Output.WriteLine($"{index}: {line}");
        }
        catch (InvalidOperationException)
        {
            Output.WriteLine($"{index}: not started");
        }
    }

    /// <summary>Runs pods one after the other until it is enough.</summary>
    protected async Task<List<SimulatedPod>> ArriveAsync(TimeSpan interval, CancellationToken enough)
    {
        var pods = new List<SimulatedPod>();
        while (!enough.IsCancellationRequested)
        {
            pods.Add(await RunAsync());
            await Task.Delay(interval, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return pods;
    }
}
