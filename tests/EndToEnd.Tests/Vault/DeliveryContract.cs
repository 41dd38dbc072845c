using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.EndToEnd.Tests.Vault;

/// <summary>The controller and init containers as processes, with the documented policy, against a Vault that is set up only over HTTP.</summary>
public abstract class DeliveryContract : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-delivery-").FullName;
    private int _addresses;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(_directory, recursive: true);
    }

    [SkippableFact]
    public async Task Pods_get_tokens_that_their_Vault_knows_and_what_is_not_delivered_is_revoked()
    {
        await using var vault = await StartAsync();
        var roleId = await vault.EnableAppRoleAsync(new { secret_id_ttl = "90s", secret_id_num_uses = 1, token_period = "6h" });
        var token = await vault.CreateControllerTokenAsync();
        await vault.WritePolicyAsync("kubernetes-vault", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "k8s", "vault", "controller-policy.hcl")));
        await using var api = await SimulatedApiServer.StartAsync();
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        using var admin = new HttpClient { BaseAddress = api.Address, DefaultRequestHeaders = { Authorization = new("Bearer", api.Token) } };
        var initContainer = await InitContainerProgram.LocateAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);
        await using var kubelet = new SimulatedKubelet(admin, initContainer.Command, Path.Combine(_directory, "pods"), TimeProvider.System);
        await using var controller = ControllerProcess.Start(_directory, vault.Http.BaseAddress!, token, kubeconfig);
        await controller.ReadyAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);

        var pods = new List<SimulatedPod>();
        for (var i = 0; i < 5; i++) pods.Add(await kubelet.RunAsync(Plan($"web-{i}", roleId), default));
        await Task.WhenAll(pods.Select(pod => pod.Running)).EndsAsync();
        foreach (var pod in pods)
        {
            var known = await vault.Client.LookupSelfAsync(SandboxCluster.TokenOf(pod)!.ClientToken, default);
            Assert.Equal(("auth/approle/login", TimeSpan.FromHours(6)), (known.Path, known.CreationTtl));
        }

        // Nobody listens at this pod's reported address.
        var nowhere = Plan("nowhere", roleId) with { Environment = new Dictionary<string, string> { ["LISTEN_ADDRESS"] = "127.1.1.2" } };
        var undelivered = await kubelet.RunAsync(nowhere with { Ip = "127.1.1.1" }, default);
        await Eventually.TrueAsync(async () => await controller.MetricAsync("kubernetesvault_server_secret_push_failures_total", default) > 0, "its pushes fail");
        await kubelet.DeleteAsync(undelivered, default).EndsAsync();
        await Eventually.TrueAsync(async () => await controller.MetricAsync("kubernetesvault_runs", default) <= pods.Count, "nothing of it is left to revoke");
        Assert.Equal(0, await controller.StopAsync());
        Assert.DoesNotContain(controller.Process.Output, line => line.Contains("cannot be revoked", StringComparison.Ordinal));
    }

    /// <summary>Starts a fresh Vault, or skips the test and gives the reason.</summary>
    private protected abstract Task<VaultFixture> StartAsync();

    private PodPlan Plan(string name, string roleId) => new("default", name, VaultFixture.Role, roleId, $"127.204.{Environment.ProcessId % 250}.{++_addresses}");
}

/// <summary>The contract with the simulated Vault.</summary>
public sealed class SimulatedVaultDeliveryTests : DeliveryContract
{
    private protected override async Task<VaultFixture> StartAsync()
    {
        var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), CancellationToken.None);
        return new VaultFixture(vault, vault.Address, vault.RootToken);
    }
}

/// <summary>The contract with a real Vault or OpenBao, where there is one.</summary>
public sealed class RealVaultDeliveryTests : DeliveryContract
{
    private protected override async Task<VaultFixture> StartAsync()
    {
        Skip.If(RealVault.Missing is not null, RealVault.Missing);
        var vault = await RealVault.StartAsync(RealVault.Binary!);
        return new VaultFixture(vault, vault.Address, RealVault.RootToken);
    }
}
