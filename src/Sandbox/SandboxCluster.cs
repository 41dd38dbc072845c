using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Credentials;

namespace AkkaVault.Sandbox;

/// <summary>A whole installation on this machine: Vault, an API server, controllers and a kubelet. All of them speak real HTTP.</summary>
public sealed class SandboxCluster : IAsyncDisposable
{
    /// <summary>The AppRole of all pods.</summary>
    public const string Role = "sample-app";

    private readonly HttpClient _api;
    private readonly List<SimulatedPod> _pods = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly LoopbackBlock? _loopback;
    private readonly string _block;
    private readonly SandboxNetwork? _network;
    private readonly SandboxSetup _setup;
    private readonly Uri _vaultAddress;
    private int _addresses;

    private SandboxCluster(string directory, SandboxSetup setup, SimulatedVault vault, SimulatedApiServer apiServer, InitContainerProgram initContainer, SandboxNetwork? network)
    {
        (Directory, _setup, Vault, ApiServer, _network) = (directory, setup, vault, apiServer, network);
        _loopback = network is null ? LoopbackBlock.Take() : null;
        _block = network?.PodBlock ?? _loopback!.Prefix;
        Kubeconfig = Path.Combine(directory, "kubeconfig");
        apiServer.WriteKubeconfig(Kubeconfig);
        _api = new HttpClient { BaseAddress = apiServer.Address };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiServer.Token);
        Kubelet = new SimulatedKubelet(_api, initContainer.Command, Path.Combine(directory, "pods"), TimeProvider.System);
        vault.Setup.EnableAppRole(setup.AppRolePath);
        vault.Setup.CreateAppRole(Role, path: setup.AppRolePath);
        RoleId = vault.Setup.ReadRoleId(Role, setup.AppRolePath);
        ControllerToken = vault.Setup.CreateControllerToken([Role], setup.TokenPeriod, setup.AppRolePath);
        setup.Prepare(this);
        _vaultAddress = setup.VaultAddress(this);
        Controllers = new ControllerGroup(setup.Controllers, StartController, new ControllerService(_api, apiServer.ServesSlices), directory, network?.ControllerBlock ?? $"{_block}.250", network);
    }

    /// <summary>The directory of all files. It is deleted at the end.</summary>
    public string Directory { get; }

    /// <summary>The simulated Vault.</summary>
    public SimulatedVault Vault { get; }

    /// <summary>The simulated API server.</summary>
    public SimulatedApiServer ApiServer { get; }

    /// <summary>The simulated kubelet.</summary>
    public SimulatedKubelet Kubelet { get; }

    /// <summary>The controllers.</summary>
    public ControllerGroup Controllers { get; }

    /// <summary>The first controller, or the only one.</summary>
    public ControllerProcess Controller => Controllers[0];

    /// <summary>The path of a kubeconfig for the API server.</summary>
    public string Kubeconfig { get; }

    /// <summary>The role_id of the AppRole.</summary>
    public string RoleId { get; }

    /// <summary>The controller's Vault token.</summary>
    public string ControllerToken { get; }

    /// <summary>All pods that were run.</summary>
    public IReadOnlyList<SimulatedPod> Pods
    {
        get { lock (_pods) return [.. _pods]; }
    }

    /// <summary>Starts an installation. Its controllers are ready when this method returns.</summary>
    /// <param name="say">Receives a message before each step that takes long.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <param name="setup">What differs from an ordinary installation; null: nothing.</param>
    public static async Task<SandboxCluster> StartAsync(Action<string> say, CancellationToken cancellation, SandboxSetup? setup = null)
    {
        setup ??= new SandboxSetup();
        var cluster = await PrepareAsync(say, cancellation, setup).ConfigureAwait(false);
        try
        {
            for (var index = 0; index < setup.Controllers; index++) await cluster.Controllers.StartAsync(index).ConfigureAwait(false);
            if (setup.WaitUntilReady) await cluster.Controllers.ReadyAsync(cancellation).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts everything but the controllers' processes. The caller starts those.</summary>
    /// <param name="say">Receives a message before each step that takes long.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <param name="setup">What differs from an ordinary installation.</param>
    public static async Task<SandboxCluster> PrepareAsync(Action<string> say, CancellationToken cancellation, SandboxSetup setup)
    {
        var initContainer = await InitContainerProgram.LocateAsync(say, cancellation).ConfigureAwait(false);
        var directory = System.IO.Directory.CreateTempSubdirectory("akkavault-").FullName;
        var network = setup.Network ? await SandboxNetwork.StartAsync(setup.Controllers, cancellation).ConfigureAwait(false) : null;
        var vault = await SimulatedVault.StartAsync(network is null ? setup.Vault : setup.Vault with { EndPoint = new IPEndPoint(network.Vault, 0) }, cancellation).ConfigureAwait(false);
        var apiServer = await SimulatedApiServer.StartAsync(setup.ApiServer, network?.ApiServer).ConfigureAwait(false);
        var cluster = new SandboxCluster(directory, setup, vault, apiServer, initContainer, network);
        try
        {
            await cluster.Controllers.PublishAsync(cancellation).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The plan of a pod that has its own address.</summary>
    public PodPlan Plan(string name, string ns = "default") => new(ns, name, Role, RoleId, NextAddress());

    /// <summary>Runs a pod.</summary>
    public async Task<SimulatedPod> RunPodAsync(PodPlan plan)
    {
        await EnsureNamespaceAsync(plan.Namespace).ConfigureAwait(false);
        var pod = await Kubelet.RunAsync(plan, _stopped.Token).ConfigureAwait(false);
        lock (_pods) _pods.Add(pod);
        return pod;
    }

    /// <summary>The token in a pod's <c>vault-token</c> file, or null when there is none.</summary>
    public static VaultToken? TokenOf(SimulatedPod pod)
    {
        var file = Path.Combine(pod.CredentialsPath, CredentialFileNames.VaultToken);
        return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), CredentialJson.Default.VaultToken) : null;
    }

    /// <summary>Kills the only controller with SIGKILL, and starts another one on the same ledger.</summary>
    /// <param name="meanwhile">Runs while there is no controller.</param>
    /// <returns>The output of the controller that was killed.</returns>
    public async Task<IReadOnlyList<string>> CrashControllerAsync(Action? meanwhile = null)
    {
        var killed = Controller;
        await Controllers.KillAsync(0).ConfigureAwait(false);
        meanwhile?.Invoke();
        await Controllers.StartAsync(0).ConfigureAwait(false);
        return killed.Process.Output;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await Controllers.DisposeAsync().ConfigureAwait(false);
        await Kubelet.DisposeAsync().ConfigureAwait(false);
        _api.Dispose();
        await ApiServer.DisposeAsync().ConfigureAwait(false);
        await Vault.DisposeAsync().ConfigureAwait(false);
        if (_network is not null) await _network.DisposeAsync().ConfigureAwait(false);
        _loopback?.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
        _stopped.Dispose();
    }

    private ControllerProcess StartController(string directory, ControllerPlace? place) =>
        ControllerProcess.Start(
            directory, _vaultAddress, ControllerToken, Kubeconfig, more: _setup.More(this), vaultKeys: _setup.VaultKeys(this), logLevel: _setup.LogLevel, logFormat: _setup.LogFormat, kubernetesKeys: _setup.KubernetesKeys,
            place: place is null ? null : place with { ClusterKeys = _setup.ClusterKeys(this, place.Ip), ManagementKeys = _setup.ManagementKeys });

    private async Task EnsureNamespaceAsync(string name)
    {
        var ns = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } };
        using var answer = await _api.PostAsync(new Uri("api/v1/namespaces", UriKind.Relative), new StringContent(ns.ToJsonString(), Encoding.UTF8, "application/json"), _stopped.Token).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.Conflict) answer.EnsureSuccessStatusCode();
    }

    private string NextAddress()
    {
        var n = Interlocked.Increment(ref _addresses);
        return $"{_block}.{n / 250}.{(n % 250) + 1}";
    }
}
