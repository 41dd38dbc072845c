using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>
/// Two installations that do not know each other serve the same pods, as in docs/migration.md.
/// Both are of AkkaVault: a pod sees the other installation only by its pushes.
/// </summary>
public sealed class SideBySideTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-beside-").FullName;
    private readonly List<SimulatedPod> _pods = [];
    private SandboxCluster _cluster = null!;

    private ControllerProcess First => _cluster.Controller;

    public async Task InitializeAsync() => _cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Both_at_once_serve_each_pod_once_and_leave_no_wrapping_token()
    {
        await using var second = await StartSecondAsync();
        await RunAsync("both", 20);
        ControllerProcess[] controllers = [First, second];
        foreach (var controller in controllers)
        {
            // On a busy machine one controller may have served all pods before the other saw one.
            await Eventually.TrueAsync(
                async () =>
                {
                    if (await controller.MetricAsync("kubernetesvault_vault_secret_id_requests_total", default) > 0) return true;
                    await RunAsync($"more-{_pods.Count}", 1);
                    return false;
                },
                "it has asked Vault for a pod");
        }

        await ServedOnceAsync();
        foreach (var controller in controllers)
        {
            await Eventually.TrueAsync(async () => await controller.MetricAsync("kubernetesvault_runs", default) == 0, "its ledger is empty: no run is pending");
        }

        // The wrapping tokens of pods that accepted the other controller's push first are revoked.
        await Eventually.TrueAsync(
            () => _cluster.Vault.WrappingTokens.All(wrap => wrap.State is WrappingState.Unwrapped or WrappingState.Revoked), "every wrapping token that was not used is revoked");
        Assert.Equal(0, await second.StopAsync());
    }

    [Fact]
    public async Task Rolled_over_to_the_other_while_pods_arrive_and_back_no_pod_is_left_behind()
    {
        await RunAsync("before", 5);
        await using (var second = await StartSecondAsync())
        {
            await RunAsync("over", 5);
            Assert.Equal(0, await First.StopAsync());
            await RunAsync("alone", 5);
            await ServedOnceAsync();

            await _cluster.Controllers.StartAsync(0);
            await First.ReadyAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            await RunAsync("back", 5);
            Assert.Equal(0, await second.StopAsync());
        }

        await RunAsync("after", 5);
        await ServedOnceAsync();
    }

    private async Task<ControllerProcess> StartSecondAsync()
    {
        var second = ControllerProcess.Start(_directory, _cluster.Vault.Address, _cluster.ControllerToken, _cluster.Kubeconfig);
        try
        {
            await second.ReadyAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            return second;
        }
        catch
        {
            await second.DisposeAsync();
            throw;
        }
    }

    private async Task RunAsync(string name, int count)
    {
        for (var i = 0; i < count; i++) _pods.Add(await _cluster.RunPodAsync(_cluster.Plan($"{name}-{i}")));
    }

    private async Task ServedOnceAsync()
    {
        await Task.WhenAll(_pods.Select(_cluster.ServedAsync));
        Assert.Equal(_pods.Count, _cluster.Vault.WrappingTokens.Count(wrap => wrap.State == WrappingState.Unwrapped));
        Assert.Equal(
            _pods.Select(pod => pod.Uid).Order(StringComparer.Ordinal),
            _cluster.Vault.WrappingTokens.Where(wrap => wrap.State == WrappingState.Unwrapped).Select(wrap => wrap.Metadata["uid"]).Order(StringComparer.Ordinal));
    }
}
