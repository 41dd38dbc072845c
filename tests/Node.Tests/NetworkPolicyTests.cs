using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit;
using Xunit.Abstractions;

namespace AkkaVault.Node.Tests;

/// <summary>The manifests' NetworkPolicies, enforced: what they must close is closed, and what must work works.</summary>
[Collection(NodeCollection.Name)]
public sealed class NetworkPolicyTests(KubernetesNode node, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Remoting = 2552;
    private const int Management = 8558;
    private const int Metrics = 9102;
    private const int Push = 50000;

    /// <summary>A connection within one machine takes no time to speak of. The first packet of one that is dropped is sent again for minutes.</summary>
    private const string ProbeSeconds = "2";

    private static readonly TimeSpan s_probe = TimeSpan.FromSeconds(30);
    private readonly ControllerPods _controllers = new(node);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (node.Runs) await node.RemoveNamespacesAsync("monitoring");
    }

    [SkippableFact]
    [Trait("Category", "Long")]
    public async Task Only_controllers_reach_controllers_only_scrapers_their_metrics_and_pods_are_served()
    {
        node.Need();
        await node.QuickStartAsync();
        var (stranger, scraper) = (ProcessOf((await node.ListAsync("default", "pods", "-l", "app.kubernetes.io/name=sample-app"))[0], "app"), await ScraperAsync());
        var controllers = await _controllers.ListAsync();
        var (one, other) = (ControllerPods.AddressOf(controllers[0]), ProcessOf(controllers[1], "controller"));
        var vault = ControllerPods.AddressOf(Assert.Single(await node.ListAsync("vault", "pods")));
        foreach (var port in (int[])[Remoting, Management, Metrics]) await ConnectsAsync(stranger, one, port);

        await using (await EnforcedNetworkPolicies.StartAsync(node))
        {
            await ConnectsAsync(scraper, one, Metrics);
            Assert.Contains("kubernetesvault_leader", await node.RunAsync("nsenter", "-t", $"{scraper}", "-n", "curl", "-sS", "--noproxy", "*", "--max-time", "10", $"http://{one}:{Metrics}/metrics"), StringComparison.Ordinal);
            foreach (var port in (int[])[Remoting, Management]) await ConnectsAsync(other, one, port);
            await ConnectsAsync(other, vault, 8200);
            // Each takes its time to get no answer. Its own policy lets a controller connect to little else: neither to other ports of pods nor to the kubelet.
            await Task.WhenAll(
            [
                .. ((int[])[Remoting, Management, Metrics]).Select(port => IsCutOffAsync(stranger, one, port)),
                .. ((int[])[Remoting, Management]).Select(port => IsCutOffAsync(scraper, one, port)),
                IsCutOffAsync(other, vault, 8300), IsCutOffAsync(other, "172.31.255.2", 10250),
            ]);

            // As for every network plugin: what comes from the pod's own node, such as the kubelet's probes, passes.
            await node.EnterAsync("timeout", ProbeSeconds, "bash", "-c", $"</dev/tcp/{one}/{Metrics}");

            var waits = await PodArrivals.DuringAsync(node, async () =>
            {
                await node.KubectlAsync("-n", ControllerPods.Namespace, "delete", "pod", await _controllers.LeaderAsync());
                await node.ControllersAreReadyAsync();
            });
            output.WriteLine($"the leader deleted: worst {waits.Worst.TotalSeconds:0.00} s");
            await _controllers.AreOneClusterAsync();
        }
    }

    [SkippableFact]
    public async Task With_the_documented_policy_only_controllers_reach_the_port_of_an_init_container()
    {
        node.Need();
        await node.QuickStartAsync();
        // The API server does that itself since Kubernetes 1.21.
        await node.KubectlAsync("label", "namespace", ControllerPods.Namespace, $"kubernetes.io/metadata.name={ControllerPods.Namespace}", "--overwrite");
        var policy = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(policy, (await DocumentedBlocks.OfAsync("best-practices.md", "Kubernetes", "yaml"))[0]);
            await node.KubectlAsync("-n", "default", "apply", "-f", policy);
            await using var waiting = await node.StartUnservedPodAsync("closed");
            await node.KubectlAsync("-n", "default", "label", "pod", waiting.Name, "uses-vault=true");
            await Eventually.TrueAsync(async () => ControllerPods.AddressOf(await waiting.GetAsync()).Length > 0, "it has an address");
            await using var policies = await EnforcedNetworkPolicies.StartAsync(node);
            var address = ControllerPods.AddressOf(await waiting.GetAsync());
            await IsCutOffAsync(ProcessOf((await node.ListAsync("default", "pods", "-l", "app.kubernetes.io/name=sample-app"))[0], "app"), address, Push);
            await ConnectsAsync(ProcessOf((await _controllers.ListAsync())[0], "controller"), address, Push);
        }
        finally
        {
            await node.KubectlAsync("-n", "default", "delete", "-f", policy, "--ignore-not-found");
            File.Delete(policy);
        }
    }

    /// <summary>A pod in the namespace of those who may scrape.</summary>
    private async Task<int> ScraperAsync()
    {
        await node.KubectlAsync("create", "namespace", "monitoring");
        await node.KubectlAsync("label", "namespace", "monitoring", "kubernetes.io/metadata.name=monitoring");
        await Eventually.TrueAsync(async () => (await node.KubectlAsync("-n", "monitoring", "get", "serviceaccount", "default", "--ignore-not-found")).Length > 0, "pods may be created in it");
        await node.KubectlAsync("-n", "monitoring", "run", "scraper", "--image=busybox:1.37", "--image-pull-policy=IfNotPresent", "--restart=Never", "--command", "--", "sleep", "infinity");
        await node.KubectlAsync("-n", "monitoring", "wait", "--for=condition=Ready", "pod/scraper", "--timeout=1m");
        return ProcessOf(await node.GetAsync("monitoring", "pod", "scraper"), "scraper");
    }

    private static int ProcessOf(JsonNode pod, string container) => ContainerProcess.Of(pod, container).Id;

    // A busy machine may be slow once.
    private Task ConnectsAsync(int process, string address, int port) => Eventually.TrueAsync(() => ProbeAsync(process, address, port), exit => exit == 0, $"{address}:{port} answers");

    private async Task IsCutOffAsync(int process, string address, int port)
    {
        const int TimeIsOver = 124;
        Assert.Equal((address, port, TimeIsOver), (address, port, await ProbeAsync(process, address, port)));
    }

    /// <summary>Opens a connection from the network of a container.</summary>
    /// <returns>0: it is open; 1: refused; 124: no answer.</returns>
    private async Task<int> ProbeAsync(int process, string address, int port) =>
        (await node.TryAsync(s_probe, "nsenter", "-t", $"{process}", "-n", "timeout", ProbeSeconds, "bash", "-c", $"</dev/tcp/{address}/{port}")).Exit;
}
