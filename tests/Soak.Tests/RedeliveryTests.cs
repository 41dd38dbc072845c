using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>Redelivery to sidecars that asked for it, by real controllers, with token lives of seconds.</summary>
public sealed class RedeliveryTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const string PeriodicRole = "periodic";
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private static readonly AppRoleSettings s_shortLived = new() { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromSeconds(6), TokenMaxTtl = TimeSpan.FromSeconds(16) };

    [Fact]
    public async Task A_sidecar_that_asked_gets_another_delivery_from_the_next_leader_and_nobody_else_is_pushed_to_twice()
    {
        await StartAsync(new SandboxSetup { Controllers = 3, Prepare = AddRoles });
        var leader = await LeaderAsync();
        var periodic = await RunSidecarAsync(PeriodicRole);
        await HasTokenAsync(periodic);
        await ServeAsync();
        var initContainer = Assert.Single(Cluster.Pods, pod => pod != periodic);
        var asking = await RunSidecarAsync(SandboxCluster.Role);
        await HasTokenAsync(asking);
        var first = SandboxCluster.TokenOf(asking)!.ClientToken;

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var looking = LookAsync([asking, periodic], enough.Token);
        Assert.Equal(leader, await LeaderAsync());
        // It stays away, so whoever delivers next is led by another one.
        await Cluster.Controllers.KillAsync(leader);
        await Eventually.TrueAsync(() => SandboxCluster.TokenOf(asking)!.ClientToken != first, "the sidecar has another token");
        Assert.True(Cluster.Vault.IsLiveToken(first), "the application may still use the first token");
        await Cluster.Controllers.StartAsync(leader);
        await OneClusterAsync();
        await ServeAsync();
        await enough.CancelAsync();
        var (looks, gaps) = await looking;

        Assert.True(looks > 100, $"the files were looked at {looks} times");
        Assert.Empty(gaps);
        Assert.Equal([WrappingState.Unwrapped, WrappingState.Unwrapped], WrappingTokensOf(asking));
        Assert.Equal([WrappingState.Unwrapped], WrappingTokensOf(periodic));
        Assert.Equal([WrappingState.Unwrapped], WrappingTokensOf(initContainer));
        foreach (var pod in new[] { asking, periodic })
        {
            Assert.Equal(0, pod.Restarts);
            Assert.DoesNotContain(pod.Process!.Output, line => line.Contains("Rejected", StringComparison.Ordinal));
        }
    }

    private static void AddRoles(SandboxCluster cluster)
    {
        cluster.Vault.Setup.CreateAppRole(SandboxCluster.Role, s_shortLived);
        cluster.Vault.Setup.CreateAppRole(PeriodicRole);
        cluster.Vault.Setup.WriteControllerPolicy([SandboxCluster.Role, PeriodicRole]);
    }

    private Task<SimulatedPod> RunSidecarAsync(string role) => Cluster.RunPodAsync(Cluster.Plan($"sidecar-{role}") with
    {
        Role = role,
        RoleId = Cluster.Vault.Setup.ReadRoleId(role),
        Environment = new Dictionary<string, string> { ["MODE"] = "sidecar", ["EXPECTED_VAULT_ADDR"] = Cluster.Vault.Address.ToString() },
    });

    private static Task HasTokenAsync(SimulatedPod sidecar) => Eventually.TrueAsync(() => SandboxCluster.TokenOf(sidecar) is not null, $"{sidecar.Plan.Name} has a token");

    /// <summary>Reads the token files as an application may at any time.</summary>
    private async Task<(int Looks, IReadOnlyList<string> Gaps)> LookAsync(SimulatedPod[] sidecars, CancellationToken enough)
    {
        var (looks, gaps) = (0, new List<string>());
        for (; !enough.IsCancellationRequested; looks++)
        {
            gaps.AddRange(sidecars.Where(pod => SandboxCluster.TokenOf(pod) is not { } token || !Cluster.Vault.IsLiveToken(token.ClientToken)).Select(pod => $"{pod.Plan.Name} at {DateTimeOffset.UtcNow:O}"));
            await Task.Delay(s_look, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return (looks, gaps);
    }

    private IEnumerable<WrappingState> WrappingTokensOf(SimulatedPod pod) =>
        Cluster.Vault.WrappingTokens.Where(token => token.Role is not null && token.Metadata["uid"] == pod.Uid).Select(token => token.State);
}
