using System.Collections.Concurrent;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>Controllers that authenticate one another by certificates from Vault, for the whole lifetime of a certificate.</summary>
public sealed class ClusterCertificateTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const string Issued = "The certificate for the other controllers: issued by intermediate-ca";
    private const string FromVault = "tls: {vaultCertBackend: intermediate-ca, vaultCertRole: kubernetes-vault, vaultCABackends: [root-ca]}";

    [Fact]
    public async Task With_certificates_from_Vault_three_form_one_cluster_and_each_is_restarted_for_its_next_certificate()
    {
        await PrepareAsync(new SandboxSetup
        {
            Controllers = 3,
            Prepare = cluster =>
            {
                cluster.Vault.Setup.EnablePki("root-ca", "intermediate-ca");
                cluster.Vault.Setup.CreatePkiRole("intermediate-ca", "kubernetes-vault", TimeSpan.FromSeconds(120));
            },
            ClusterKeys = (_, _) => FromVault,
        });
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
        await ServeAsync();
        using var enough = new CancellationTokenSource();
        var arriving = ArriveAsync(TimeSpan.FromSeconds(1), enough.Token);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(Deadline);
        var rotated = new ConcurrentDictionary<int, bool>();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(index => RestartAsync(index, rotated, all)));
        await enough.CancelAsync();
        await ServedOnceAsync(await arriving);
        await OneClusterAsync();
    }

    /// <summary>Restarts a controller each time it ends, as the kubelet does, until all controllers have left for their next certificate.</summary>
    private async Task RestartAsync(int index, ConcurrentDictionary<int, bool> rotated, CancellationTokenSource all)
    {
        try
        {
            while (rotated.Count < 3)
            {
                var ended = Cluster.Controllers[index].Process;
                var exit = await ended.ExitAsync(all.Token);
                int Said(string words) => ended.Output.Count(line => line.Contains(words, StringComparison.Ordinal));
                // The others may down a controller that this machine paused. For its next certificate each controller must leave gracefully.
                Assert.True(exit == 0 ? Said("needs a restart") > 0 && Said(Issued) >= 2 : exit == 1 && Said("the others have taken it out of the cluster") > 0, $"controller {index} ended with {exit}");
                await Cluster.Controllers.StartAsync(index);
                if (exit == 0) rotated.TryAdd(index, true);
            }
        }
        catch (OperationCanceledException) when (rotated.Count == 3)
        {
            // This controller runs, and is to go on.
            return;
        }
        finally
        {
            // The last controller to finish ends the wait for the others, and so does one that fails.
            await all.CancelAsync();
        }
    }
}
