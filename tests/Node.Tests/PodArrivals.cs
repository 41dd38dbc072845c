using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;
using Xunit.Abstractions;

namespace AkkaVault.Node.Tests;

/// <summary>
/// Pods of the quick start's AppRole that start one a second while something happens to the controllers. Each is a pod of the sample application whose
/// application ends at once, so that a pod that has got its secret has succeeded.
/// </summary>
internal sealed partial class PodArrivals(KubernetesNode node) : IDisposable
{
    private const string App = "arrivals";
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _enough = new();
    private int _pods;

    /// <summary>Does what <see cref="DuringAsync"/> does, and compares the longest wait with a bound.</summary>
    public static async Task ServedWithinAsync(TimeSpan bound, KubernetesNode node, ITestOutputHelper output, Func<Task> disturbance)
    {
        var waits = await DuringAsync(node, disturbance);
        output.WriteLine($"p50 {waits.Median.TotalSeconds:0.00} s, p90 {waits.At(0.9).TotalSeconds:0.00} s, worst {waits.Worst.TotalSeconds:0.00} s");
        Assert.InRange(waits.Worst, TimeSpan.Zero, bound);
    }

    /// <summary>Lets pods start while a disturbance lasts, and some more after it. Each must get its secret, once.</summary>
    /// <returns>How long they waited: from the first line of their init container to its last.</returns>
    public static async Task<Percentiles> DuringAsync(KubernetesNode node, Func<Task> disturbance)
    {
        var vault = new VaultOfTheNode(node);
        var tokens = await vault.TokensAsync();
        using var arrivals = new PodArrivals(node);
        try
        {
            await arrivals.ArriveDuringAsync(disturbance);
            var waits = await arrivals.ServedAsync();
            // A pod that had got two secrets would have left a second token, or a secret_id that nobody has used.
            await Eventually.TrueAsync(vault.TokensAsync, now => now - tokens == arrivals._pods, $"one more token for each of {arrivals._pods} pods than {tokens}");
            return waits;
        }
        finally
        {
            await node.KubectlAsync("-n", "default", "delete", "pods", "-l", $"app={App}", "--wait=true", "--grace-period=1");
        }
    }

    public void Dispose() => _enough.Dispose();

    private async Task ArriveDuringAsync(Func<Task> disturbance)
    {
        var arriving = ArriveAsync();
        try
        {
            await MoreAsync(5);
            await disturbance();
            await MoreAsync(10);
        }
        finally
        {
            // Whatever has failed: no pod starts during the next test.
            await _enough.CancelAsync();
            await arriving;
        }
    }

    private async Task ArriveAsync()
    {
        var template = (await node.GetAsync("default", "deployment", "sample-app"))["spec"]!["template"]!;
        template["spec"]!["restartPolicy"] = "Never";
        template["spec"]!["containers"]![0]!["command"] = new JsonArray("true");
        template["spec"]!["containers"]![0]!.AsObject().Remove("args");
        using var timer = new PeriodicTimer(s_between);
        while (!_enough.IsCancellationRequested)
        {
            await node.StartPodAsync(App, template, $"{App}-{_pods}");
            Interlocked.Increment(ref _pods);
            await timer.WaitForNextTickAsync();
        }
    }

    private Task MoreAsync(int pods)
    {
        var until = Volatile.Read(ref _pods) + pods;
        return Eventually.TrueAsync(() => Volatile.Read(ref _pods) >= until, $"{pods} more pods");
    }

    private async Task<Percentiles> ServedAsync()
    {
        await Eventually.TrueAsync(
            () => node.KubectlAsync("-n", "default", "get", "pods", "-l", $"app={App}", "-o", "jsonpath={.items[?(@.status.phase!=\"Succeeded\")].metadata.name}"), waiting => waiting.Length == 0, "every pod has got its secret");
        var pods = await node.ListAsync("default", "pods", "-l", $"app={App}");
        Assert.Equal(_pods, pods.Count);
        Assert.All(pods, pod => Assert.Equal(0, (int)pod["status"]!["initContainerStatuses"]![0]!["restartCount"]!));
        // All logs at once, where the kubelet has them: kubectl asks it for one after the other, which takes a while for many pods. One of an earlier test may go meanwhile.
        var logs = await node.EnterAsync("bash", "-c", $"grep -sH '' /var/log/pods/default_{App}-*/install/0.log || true");
        var own = pods.Select(pod => (string)pod["metadata"]!["uid"]!).ToHashSet(StringComparer.Ordinal);
        var waits = Line().Matches(logs).GroupBy(line => line.Groups["pod"].Value, StringComparer.Ordinal).Where(lines => own.Contains(lines.Key)).Select(lines => lines.Select(Time).Max() - lines.Select(Time).Min()).ToList();
        Assert.Equal(_pods, waits.Count);
        return new Percentiles(waits);
    }

    private static DateTimeOffset Time(Match line) => DateTimeOffset.Parse(line.Groups["time"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^/var/log/pods/[^/]+_(?<pod>[^/_]+)/install/0\.log:\S+ std(?:out|err) F (?<time>\d{4}-\S+) ", RegexOptions.Multiline)]
    private static partial Regex Line();
}
