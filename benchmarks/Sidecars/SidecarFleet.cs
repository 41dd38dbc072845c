using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using AkkaVault.Benchmarks.Pushes;
using AkkaVault.Sandbox;

namespace AkkaVault.Benchmarks.Sidecars;

/// <summary>
/// Pods with a native sidecar, each with its own address, and no process: it reports to the API server what a kubelet reports, and a
/// <see cref="PushServer"/> answers the controllers.
/// </summary>
internal sealed class SidecarFleet : IAsyncDisposable
{
    private const int Reporters = 8;
    private const string Container = "akkavault";

    private readonly SandboxCluster _cluster;
    private readonly HttpClient _api;
    private readonly ConcurrentDictionary<string, SimulatedSidecar> _byAddress = new(StringComparer.Ordinal);
    private readonly Channel<SimulatedSidecar> _served = Channel.CreateUnbounded<SimulatedSidecar>();
    private readonly Task _reporting;
    private PushServer? _server;
    private int _others;

    private SidecarFleet(SandboxCluster cluster)
    {
        _cluster = cluster;
        _api = new HttpClient { BaseAddress = cluster.ApiServer.Address };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.ApiServer.Token);
        _reporting = Task.WhenAll(Enumerable.Range(0, Reporters).Select(_ => ReportServedAsync()));
    }

    /// <summary>All sidecars.</summary>
    public IReadOnlyCollection<SimulatedSidecar> All => (IReadOnlyCollection<SimulatedSidecar>)_byAddress.Values;

    /// <summary>How many there are.</summary>
    public int Count => _byAddress.Count;

    /// <summary>How many pushes came that no sidecar had asked for.</summary>
    public int Unasked => _byAddress.Values.Sum(sidecar => sidecar.Unasked);

    /// <summary>A fleet without sidecars.</summary>
    /// <exception cref="InvalidOperationException">Port 50000 is not free, or pods have no network for their addresses.</exception>
    public static async Task<SidecarFleet> StartAsync(SandboxCluster cluster)
    {
        // On the loopback, the sandbox itself takes the port of one address.
        if (!cluster.Controllers.CanBeCut) throw new InvalidOperationException("simulated sidecars need a network of their own: run this as root, or in unshare --map-root-user --net");
        var fleet = new SidecarFleet(cluster);
        try
        {
            fleet._server = await PushServer.StartAsync(cluster.Vault.Address, fleet._byAddress.GetValueOrDefault).ConfigureAwait(false);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Creates a pod and reports that its sidecar runs.</summary>
    /// <param name="name">The pod's name.</param>
    /// <param name="next">After what time from now on the sidecar wants the next delivery.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<SimulatedSidecar> RunAsync(string name, Func<DateTimeOffset, TimeSpan> next, CancellationToken cancellation)
    {
        var sidecar = new SimulatedSidecar(_cluster.Plan(name), Taken) { Next = next };
        _byAddress[sidecar.Plan.Ip] = sidecar;
        await _api.SendAsync(HttpMethod.Post, "api/v1/namespaces/default/pods", Manifest(sidecar), cancellation).ConfigureAwait(false);
        sidecar.StartedAt = DateTimeOffset.UtcNow;
        await ReportAsync(sidecar, "Pending", cancellation).ConfigureAwait(false);
        return sidecar;
    }

    /// <summary>Changes what is no pod.</summary>
    public Task ChangeSomethingElseAsync(CancellationToken cancellation) => _api.SendAsync(
        HttpMethod.Post, "api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = $"other-{++_others}" } }, cancellation);

    /// <summary>Throws what reporting the state of a pod has failed with, if it has.</summary>
    /// <exception cref="InvalidOperationException">The API server refused it.</exception>
    public void ThrowIfFailed()
    {
        if (_reporting.IsFaulted) throw new InvalidOperationException("a pod's state could not be reported", _reporting.Exception);
    }

    /// <summary>Stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        _served.Writer.TryComplete();
        await _reporting.ConfigureAwait(false);
        _api.Dispose();
    }

    private void Taken(SimulatedSidecar sidecar)
    {
        if (sidecar.Deliveries.Count == 1) _served.Writer.TryWrite(sidecar);
    }

    // The startup probe of a sidecar that is served succeeds, and the pod goes on.
    private async Task ReportServedAsync()
    {
        await foreach (var sidecar in _served.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await ReportAsync(sidecar, "Running", CancellationToken.None).ConfigureAwait(false);
        }
    }

    private Task ReportAsync(SimulatedSidecar sidecar, string phase, CancellationToken cancellation)
    {
        var status = KubeletReport.Of(sidecar.Plan.Ip, phase, Container, sidecar.ContainerId, KubeletReport.Running(sidecar.StartedAt));
        return _api.SendAsync(HttpMethod.Patch, $"api/v1/namespaces/default/pods/{sidecar.Plan.Name}/status", new JsonObject { ["status"] = status }, cancellation);
    }

    private static JsonObject Manifest(SimulatedSidecar sidecar) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = sidecar.Plan.Name,
            ["annotations"] = new JsonObject { ["pod.boostport.com/vault-approle"] = sidecar.Plan.Role, ["pod.boostport.com/vault-init-container"] = Container },
        },
        ["spec"] = new JsonObject
        {
            ["nodeName"] = sidecar.Plan.Node,
            ["initContainers"] = new JsonArray(new JsonObject { ["name"] = Container, ["image"] = "akkavault-init", ["restartPolicy"] = "Always" }),
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app" }),
        },
    };
}
