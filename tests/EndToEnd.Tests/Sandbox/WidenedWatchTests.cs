using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>A controller is configured to watch more namespaces than before.</summary>
public sealed class WidenedWatchTests
{
    [Fact]
    public async Task A_pod_that_waits_where_nobody_watched_is_served_by_a_controller_that_does()
    {
        var start = new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token;
        await using var cluster = await SandboxCluster.PrepareAsync(_ => { }, start, new SandboxSetup());
        ControllerProcess Watching(string ns) => ControllerProcess.Start(cluster.Directory, cluster.Vault.Address, cluster.ControllerToken, cluster.Kubeconfig, ns);

        SimulatedPod waiting;
        await using (var narrow = Watching("a"))
        {
            await narrow.ReadyAsync(start);
            waiting = await cluster.RunPodAsync(cluster.Plan("waiting", "b"));
            await Eventually.TrueAsync(() => waiting.Process is not null, "its init container has started");
            // This pod comes later than the other. When it is served, the other one's event was already handled.
            await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("served", "a")));
            Assert.Equal(0, await narrow.StopAsync());
        }

        Assert.False(waiting.Running.IsCompleted);
        await using var wide = Watching("~.*");
        await cluster.ServedAsync(waiting);
    }
}
