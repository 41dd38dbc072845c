using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Faults;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Faults;

/// <summary>Every fault at every step of a delivery, each for its own pod. In the end each pod has its token.</summary>
public sealed class FaultMatrixTests
{
    private static readonly string[] s_steps = ["secret-id", "lookup", "unwrap", "login"];

    [Fact]
    public async Task Whatever_goes_wrong_once_every_pod_is_served_and_no_secret_is_said()
    {
        FaultyVault? faulty = null;
        await using var cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, new SandboxSetup
        {
            VaultAddress = c => (faulty = new FaultyVault(c.Vault.Address)).Address,
        });
        await using var front = faulty!;
        var cases = (from step in s_steps from fault in Enum.GetValues<Fault>() select (Pod: $"{step}-{fault}".ToLowerInvariant(), step, fault)).ToList();
        foreach (var (pod, step, fault) in cases) front.Break(pod, step, fault);
        var pods = new List<SimulatedPod>();
        foreach (var (pod, _, _) in cases) pods.Add(await cluster.RunPodAsync(cluster.Plan(pod)));
        await Task.WhenAll(pods.Select(cluster.ServedAsync));

        foreach (var (pod, step, _) in cases) Assert.Contains((pod, step), front.Shown);
        Assert.Equal(cases.Count, pods.Select(pod => SandboxCluster.TokenOf(pod)!.ClientToken).Distinct().Count());
        Assert.All(pods, pod => Assert.Equal(0, pod.Restarts));
        // The controller logs each fault in an answer to it, with the pod of the request.
        var unsaid = cases.Where(c => c.step == "secret-id" && c.fault is not (Fault.Redirect or Fault.WrongContentType)
            && !cluster.Controller.Process.Output.Any(line => line.Contains($"default/{c.Pod}", StringComparison.Ordinal) && line.Contains("PUT auth/approle/role/sample-app/secret-id: ", StringComparison.Ordinal)));
        Assert.Empty(unsaid);

        await Eventually.TrueAsync(() => cluster.Vault.WrappingTokens.All(wrap => wrap.State != WrappingState.Issued), "what was not delivered is revoked");
        cluster.NoSecretWasSaid();
    }
}
