using System.Net;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>The Vault and the API server that controllers and pods use: simulated ones, which start with nothing in them, or real ones.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly SimulatedVault? _vault;

    private Servers(ServerAddresses used, SimulatedVault? vault, SimulatedApiServer? apiServer, HttpClient api, bool servesSlices) =>
        (Used, _vault, ApiServer, Api, ServesSlices) = (used, vault, apiServer, api, servesSlices);

    /// <summary>How they are reached.</summary>
    public ServerAddresses Used { get; }

    /// <summary>The simulated API server; null: a real one is used.</summary>
    public SimulatedApiServer? ApiServer { get; }

    /// <summary>A client of the API server.</summary>
    public HttpClient Api { get; }

    /// <summary>Whether the API server has EndpointSlices.</summary>
    public bool ServesSlices { get; }

    /// <summary>Starts simulated servers, or connects to real ones.</summary>
    /// <param name="given">The real ones; null: simulated ones.</param>
    /// <param name="directory">Where a kubeconfig is written.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">The kubeconfig cannot be used.</exception>
    public static async Task<Servers> StartAsync(ServerAddresses? given, string directory, CancellationToken cancellation)
    {
        if (given is not null)
        {
            var api = KubeconfigHandler.Client(given.Kubeconfig);
            using var slices = await api.GetAsync(new Uri("apis/discovery.k8s.io/v1", UriKind.Relative), cancellation).ConfigureAwait(false);
            return new Servers(given, null, null, api, slices.StatusCode != HttpStatusCode.NotFound);
        }

        var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), cancellation).ConfigureAwait(false);
        var apiServer = await SimulatedApiServer.StartAsync().ConfigureAwait(false);
        var kubeconfig = Path.Combine(directory, "kubeconfig");
        apiServer.WriteKubeconfig(kubeconfig);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole(SandboxCluster.Role);
        var used = new ServerAddresses(kubeconfig, vault.Address, vault.Setup.CreateControllerToken([SandboxCluster.Role]), SandboxCluster.Role);
        return new Servers(used, vault, apiServer, KubeconfigHandler.Client(kubeconfig), apiServer.ServesSlices);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (ApiServer is not null) await ApiServer.DisposeAsync().ConfigureAwait(false);
        if (_vault is not null) await _vault.DisposeAsync().ConfigureAwait(false);
    }
}
