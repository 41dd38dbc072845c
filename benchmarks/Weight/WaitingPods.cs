using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using AkkaVault.Benchmarks.Pushes;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>
/// Pods without processes, whose init containers wait for their secrets. Each has an address of its own. It reports to the API server what a kubelet
/// reports, and a <see cref="PushServer"/> answers whoever pushes to them.
/// </summary>
internal sealed class WaitingPods : IAsyncDisposable
{
    private const int Reporters = 8;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Site _site;
    private readonly ConcurrentDictionary<string, WaitingPod> _byAddress = new(StringComparer.Ordinal);
    private readonly Channel<WaitingPod> _served = Channel.CreateUnbounded<WaitingPod>();
    private readonly Task _reporting;
    private int _unreported;
    private PushServer? _server;

    private WaitingPods(Site site)
    {
        _site = site;
        _reporting = Task.WhenAll(Enumerable.Range(0, Reporters).Select(_ => ReportServedAsync()));
    }

    /// <summary>The pods.</summary>
    public ICollection<WaitingPod> All => _byAddress.Values;

    /// <summary>Creates pods, whose init containers do not run yet.</summary>
    /// <param name="site">Where they are.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">Port 50000 is not free, or the API server refuses a pod.</exception>
    public static async Task<WaitingPods> CreateAsync(Site site, int count, CancellationToken cancellation)
    {
        var pods = new WaitingPods(site);
        try
        {
            pods._server = await PushServer.StartAsync(site.Servers.Used.Vault, pods._byAddress.GetValueOrDefault).ConfigureAwait(false);
            await Parallel.ForEachAsync(Enumerable.Range(0, count), AtOnce(cancellation), async (number, token) => await pods.AddAsync(number, token).ConfigureAwait(false)).ConfigureAwait(false);
            return pods;
        }
        catch
        {
            await pods.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds a pod, whose init container does not run yet.</summary>
    public async Task<WaitingPod> AddAsync(int number, CancellationToken cancellation)
    {
        var pod = new WaitingPod(string.Create(CultureInfo.InvariantCulture, $"pod-{number:D5}"), _site.AddressOf(number), Served);
        _byAddress[pod.Ip] = pod;
        await _site.Objects.CreatePodAsync(pod.Metadata(_site.Servers.Used.Role), WaitingPod.Spec(), cancellation).ConfigureAwait(false);
        return pod;
    }

    /// <summary>Begins a run of each init container, and reports it.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Parallel.ForEachAsync(All, AtOnce(cancellation), async (pod, token) => await RunAsync(pod, token).ConfigureAwait(false));

    /// <summary>Begins a run of one init container, and reports it.</summary>
    public Task RunAsync(WaitingPod pod, CancellationToken cancellation) => _site.Objects.ReportAsync(pod.Name, pod.Run(), cancellation);

    /// <summary>Waits until all are served, and the API server knows it.</summary>
    /// <exception cref="InvalidOperationException">That takes far too long, or the API server refuses a report.</exception>
    public async Task ServedAsync(CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (All.Any(pod => pod.ServedAt is null) || Volatile.Read(ref _unreported) > 0)
        {
            if (_reporting.IsFaulted) throw new InvalidOperationException("a pod's state could not be reported", _reporting.Exception);
            if (waited.Elapsed > Patience) throw new InvalidOperationException($"{All.Count(pod => pod.ServedAt is null)} of {All.Count} pods are not served after {Patience.TotalSeconds:F0} s");
            await Task.Delay(Poll, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        _served.Writer.TryComplete();
        await _reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static ParallelOptions AtOnce(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = ApiObjects.AtOnce, CancellationToken = cancellation };

    private void Served(WaitingPod pod)
    {
        Interlocked.Increment(ref _unreported);
        _served.Writer.TryWrite(pod);
    }

    private async Task ReportServedAsync()
    {
        await foreach (var pod in _served.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await _site.Objects.ReportAsync(pod.Name, pod.Ended(), CancellationToken.None).ConfigureAwait(false);
            Interlocked.Decrement(ref _unreported);
        }
    }
}
