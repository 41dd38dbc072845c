using System.Net;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Tests.TestKit.Sandbox;

/// <summary>Assertions and queries on a sandbox.</summary>
public static class SandboxAssertions
{
    /// <summary>Waits until a pod has a token that is alive.</summary>
    public static async Task ServedAsync(this SandboxCluster cluster, SimulatedPod pod)
    {
        await pod.Running.EndsAsync(TimeSpan.FromMinutes(2));
        var token = SandboxCluster.TokenOf(pod);
        Assert.NotNull(token);
        Assert.True(cluster.Vault.IsLiveToken(token.ClientToken), $"the token of {pod.Plan.Name} is not alive");
    }

    /// <summary>The number of the controller's output lines that contain a text.</summary>
    public static int Said(this SandboxCluster cluster, string words) =>
        cluster.Controller.Process.Output.Count(line => line.Contains(words, StringComparison.Ordinal));

    /// <summary>Waits until the controller has written a line with a text, and asserts that there is no second one by then. The line comes a moment after the event it tells of.</summary>
    public static async Task SaidOnceAsync(this SandboxCluster cluster, string words)
    {
        await Eventually.TrueAsync(() => cluster.Said(words) > 0, $"the controller says \"{words}\"");
        Assert.Equal(1, cluster.Said(words));
    }

    /// <summary>The status and the reason of the controller's readiness.</summary>
    public static async Task<(HttpStatusCode Status, string Reason)> ReadinessAsync(this SandboxCluster cluster)
    {
        using var http = new HttpClient { BaseAddress = cluster.Controller.Address };
        try
        {
            using var answer = await http.GetAsync(new Uri("healthz/ready", UriKind.Relative));
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        // It does not listen: no status at all.
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return (default, e.Message);
        }
    }

    /// <summary>Asserts that no secret of Vault is in the output of the controller or of an init container.</summary>
    public static void NoSecretWasSaid(this SandboxCluster cluster) =>
        cluster.NoSecretIn(cluster.Controller.Process.Output.Concat(cluster.Pods.SelectMany(pod => pod.Output)));

    public static void NoSecretIn(this SandboxCluster cluster, IEnumerable<string> lines)
    {
        var secrets = cluster.Vault.EverySecret;
        Assert.DoesNotContain(lines, line => secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal)));
    }
}
