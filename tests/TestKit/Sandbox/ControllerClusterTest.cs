using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using Xunit.Abstractions;

namespace AkkaVault.Tests.TestKit.Sandbox;

/// <summary>
/// A test with several controller processes that find one another through the API
/// server. Each test has its own cluster, and each controller its own address.
/// </summary>
public abstract class ControllerClusterTest(ITestOutputHelper output) : IAsyncLifetime
{
    private const int MostPrinted = 3000;

    /// <summary>The time limit after a controller has ended, which the others learn at once. About a second is usual.</summary>
    protected static readonly TimeSpan SoonAfterAnEnd = TimeSpan.FromSeconds(5);

    /// <summary>The time limit after a controller stopped answering. The others decide only after some silence; 5 to 6 seconds are usual.</summary>
    protected static readonly TimeSpan SoonAfterASilence = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(10));
    private ControllerCluster? _cluster;

    protected ITestOutputHelper Output { get; } = output;

    protected CancellationToken Deadline => _deadline.Token;

    protected SandboxCluster Cluster => Prepared.Sandbox;

    private ControllerCluster Prepared => _cluster ?? throw new InvalidOperationException("the cluster was not prepared");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            // A failed test needs the logs of the controllers.
            for (var index = 0; index < Cluster.Controllers.Count; index++) Print(index);
            await _cluster.DisposeAsync();
        }

        _deadline.Dispose();
    }

    protected Task PrepareAsync(ApiServerVersion apiServer = ApiServerVersion.Kubernetes136, int controllers = 3) =>
        PrepareAsync(new SandboxSetup { Controllers = controllers, ApiServer = apiServer });

    protected async Task PrepareAsync(SandboxSetup setup) => _cluster = await ControllerCluster.PrepareAsync(setup, Deadline);

    protected HttpClient Admin() => Prepared.Admin();

    protected Task SignalAsync(string signal, int index) => Prepared.SignalAsync(signal, index);

    protected Task StartAsync() => StartAsync(new SandboxSetup { Controllers = 3 });

    protected async Task StartAsync(SandboxSetup setup)
    {
        await PrepareAsync(setup);
        await Prepared.StartAsync();
    }

    /// <summary>Waits until all controllers see the same members and each is ready.</summary>
    protected Task OneClusterAsync() => Prepared.OneClusterAsync();

    protected Task<int> LeaderAsync() => Prepared.LeaderAsync();

    protected Task<ClusterMembers?> MembersAsync(int index) => Prepared.MembersAsync(index);

    protected Task SaysNothingOfAClusterAsync(int index) => Eventually.TrueAsync(
        async () => (await MembersAsync(index), await ReadyAnswerAsync(index)),
        answer => answer.Item1 is { Up.Count: 0 } && answer.Item2.Contains("not in the cluster yet", StringComparison.Ordinal), "it answers, and is in no cluster");

    private async Task<string> ReadyAnswerAsync(int index)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{Cluster.Controllers.AddressOf(index)}:{ControllerPlace.ManagementPort}/ready"), Deadline);
            return await answer.Content.ReadAsStringAsync(Deadline);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    protected Task DiscoveredAsync(int nodes) => Eventually.TrueAsync(
        () => Cluster.Controllers[0].MetricAsync("kubernetesvault_kubernetes_discovered_nodes_total", Deadline), found => found == nodes, $"{nodes} controllers are discovered");

    protected Task<SimulatedPod> RunAsync() => Prepared.RunAsync();

    protected Task ServeAsync() => Prepared.ServeAsync();

    protected Task ServedOnceAsync(IReadOnlyCollection<SimulatedPod> pods) => Prepared.ServedOnceAsync(pods);

    protected static void AssertWithin(TimeSpan bound, TimeSpan taken, string what) =>
        Assert.True(taken <= bound, $"{what} after {taken.TotalSeconds:F2} s; expected within {bound.TotalSeconds} s");

    /// <summary>The longest time from the start of a pod's init container until the pod was served.</summary>
    protected static TimeSpan LongestWait(IEnumerable<SimulatedPod> pods) => pods.Max(pod => pod.ServedAt!.Value - pod.StartedAt!.Value);

    private void Print(int index)
    {
        try
        {
            foreach (var line in Cluster.Controllers[index].Process.Output.TakeLast(MostPrinted)) Output.WriteLine($"{index}: {line}");
        }
        catch (InvalidOperationException)
        {
            Output.WriteLine($"{index}: not started");
        }
    }

    /// <summary>Runs one pod after the other until <paramref name="enough"/> is cancelled.</summary>
    protected async Task<List<SimulatedPod>> ArriveAsync(TimeSpan interval, CancellationToken enough)
    {
        var pods = new List<SimulatedPod>();
        while (!enough.IsCancellationRequested)
        {
            pods.Add(await RunAsync());
            await Task.Delay(interval, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return pods;
    }
}
