using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>Redelivery to sidecars that asked for it, by real controllers, with token lives of seconds.</summary>
[Collection(AloneCollection.Name)]
[Trait("Category", "Alone")]
public sealed class RedeliveryTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const string PeriodicRole = "periodic";
    private static readonly AppRoleSettings s_shortLived = new() { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromSeconds(6), TokenMaxTtl = TimeSpan.FromSeconds(16) };

    [Fact]
    public async Task A_sidecar_that_asked_gets_another_delivery_from_the_next_leader_and_nobody_else_is_pushed_to_twice()
    {
        await StartAsync(new SandboxSetup { Controllers = 3, Prepare = AddRoles });
        var leader = await LeaderAsync();
        var sidecars = new SidecarPods(Cluster);
        var periodic = await sidecars.RunAsync("periodic", PeriodicRole, Deadline);
        await ServeAsync();
        var initContainer = Assert.Single(Cluster.Pods, pod => pod != periodic);
        var asking = await sidecars.RunAsync("asking", SandboxCluster.Role, Deadline);
        var first = SandboxCluster.TokenOf(asking)!.ClientToken;

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var observing = sidecars.ObserveAsync(enough.Token);
        Assert.Equal(leader, await LeaderAsync());
        // It stays away, so whoever delivers next is led by another one.
        await Cluster.Controllers.KillAsync(leader);
        await Eventually.TrueAsync(() => SandboxCluster.TokenOf(asking)!.ClientToken != first, "the sidecar has another token");
        Assert.True(Cluster.Vault.IsLiveToken(first), "the application may still use the first token");
        await Cluster.Controllers.StartAsync(leader);
        await OneClusterAsync();
        await ServeAsync();
        await enough.CancelAsync();
        var found = (await observing)!;

        Assert.True(found.Looks > 100, $"{found}");
        Assert.Equal((2, 0, 0, 0), (found.Sidecars, found.Gaps, found.Doubled, found.Restarts));
        Assert.Equal([WrappingState.Unwrapped, WrappingState.Unwrapped], WrappingTokensOf(asking));
        Assert.Equal([WrappingState.Unwrapped], WrappingTokensOf(periodic));
        Assert.Equal([WrappingState.Unwrapped], WrappingTokensOf(initContainer));
        Assert.All([asking, periodic], pod => Assert.DoesNotContain(pod.Process!.Output, line => line.Contains("Rejected", StringComparison.Ordinal)));
    }

    private static void AddRoles(SandboxCluster cluster)
    {
        cluster.Vault.Setup.CreateAppRole(SandboxCluster.Role, s_shortLived);
        cluster.Vault.Setup.CreateAppRole(PeriodicRole);
        cluster.Vault.Setup.WriteControllerPolicy([SandboxCluster.Role, PeriodicRole]);
    }

    private IEnumerable<WrappingState> WrappingTokensOf(SimulatedPod pod) =>
        Cluster.Vault.WrappingTokens.Where(token => token.Role is not null && token.Metadata["uid"] == pod.Uid).Select(token => token.State);
}
