using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.Tests.TestKit.Sandbox;

/// <summary>A sandbox with several controllers that find one another through the API server, and the operations of tests on it.</summary>
public sealed class ControllerCluster : IAsyncDisposable
{
    private readonly CancellationToken _deadline;
    private int _pods;

    private ControllerCluster(SandboxCluster sandbox, CancellationToken deadline) => (Sandbox, _deadline) = (sandbox, deadline);

    public SandboxCluster Sandbox { get; }

    /// <summary>Starts everything but the controllers' processes. The test starts those.</summary>
    public static async Task<ControllerCluster> PrepareAsync(SandboxSetup setup, CancellationToken deadline)
    {
        var cluster = new ControllerCluster(await SandboxCluster.PrepareAsync(_ => { }, deadline, setup), deadline);
        try
        {
            await cluster.GrantAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts all controllers, and waits until they are one cluster.</summary>
    public async Task StartAsync()
    {
        for (var index = 0; index < Sandbox.Controllers.Count; index++) await Sandbox.Controllers.StartAsync(index);
        await OneClusterAsync();
    }

    /// <summary>Waits until all controllers see the same members and each is ready.</summary>
    public async Task OneClusterAsync()
    {
        for (var index = 0; index < Sandbox.Controllers.Count; index++)
        {
            var seenBy = index;
            var expected = Enumerable.Range(0, Sandbox.Controllers.Count).Select(Sandbox.Controllers.AddressOf).Order(StringComparer.Ordinal);
            await Eventually.TrueAsync(() => MembersAsync(seenBy), members => members is { Others.Count: 0 } && members.Up.SequenceEqual(expected), $"controller {index} sees all");
        }

        await Sandbox.Controllers.ReadyAsync(_deadline);
    }

    public HttpClient Admin()
    {
        var admin = new HttpClient { BaseAddress = Sandbox.ApiServer.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Sandbox.ApiServer.Token);
        return admin;
    }

    public async Task SignalAsync(string signal, int index)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {Sandbox.Controllers[index].Process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> LeaderAsync()
    {
        int? leader = null;
        await Eventually.TrueAsync(async () => leader = await Sandbox.Controllers.LeaderAsync(_deadline), found => found is not null, "somebody leads");
        return leader!.Value;
    }

    public Task<ClusterMembers?> MembersAsync(int index) => Sandbox.Controllers.MembersSeenByAsync(index, _deadline);

    public Task<SimulatedPod> RunAsync() => Sandbox.RunPodAsync(Sandbox.Plan($"pod-{Interlocked.Increment(ref _pods) - 1}"));

    public async Task<SimulatedPod> ServeAsync()
    {
        var pod = await RunAsync();
        await ServedOnceAsync([pod]);
        return pod;
    }

    public async Task ServedOnceAsync(IReadOnlyCollection<SimulatedPod> pods)
    {
        await Task.WhenAll(pods.Select(pod => pod.Running)).EndsAsync();
        Assert.All(pods, pod => Assert.True(Sandbox.Vault.IsLiveToken(SandboxCluster.TokenOf(pod)!.ClientToken), $"the token of {pod.Plan.Name} is not alive"));
        var unwrapped = Sandbox.Vault.WrappingTokens.Where(wrap => wrap.State == WrappingState.Unwrapped).CountBy(wrap => wrap.Metadata["uid"]).ToDictionary();
        Assert.All(pods, pod => Assert.Equal(1, unwrapped.GetValueOrDefault(pod.Uid)));
    }

    public ValueTask DisposeAsync() => Sandbox.DisposeAsync();

    /// <summary>Grants the controllers exactly the rights of the manifests.</summary>
    private async Task GrantAsync()
    {
        const string Token = "the-controllers-token";
        Sandbox.ApiServer.AddUser("system:serviceaccount:kubernetes-vault:kubernetes-vault", Token);
        using var admin = Admin();
        foreach (var item in Manifest.Read("rbac/all-namespaces", "clusterrole.yaml").Concat(Manifest.Read("rbac", "discovery.yaml")).Concat(Manifest.Read("rbac", "ledger-role.yaml")).Concat(Manifest.Read("rbac", "lease.yaml")))
        {
            var kind = (string)item["kind"]!;
            if (!kind.StartsWith("Cluster", StringComparison.Ordinal)) item["metadata"]!["namespace"] = ControllerService.Namespace;
            var path = $"apis/rbac.authorization.k8s.io/v1/{(kind.StartsWith("Cluster", StringComparison.Ordinal) ? "" : $"namespaces/{ControllerService.Namespace}/")}{kind.ToLowerInvariant()}s";
            using var answer = await admin.PostAsync(new Uri(path, UriKind.Relative), new StringContent(item.ToJsonString(), Encoding.UTF8, "application/json"), _deadline);
            answer.EnsureSuccessStatusCode();
        }

        var kubeconfig = await File.ReadAllTextAsync(Sandbox.Kubeconfig);
        await File.WriteAllTextAsync(Sandbox.Kubeconfig, kubeconfig.Replace(Sandbox.ApiServer.Token, Token, StringComparison.Ordinal));
    }
}
