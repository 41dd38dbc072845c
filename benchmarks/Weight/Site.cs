using System.Globalization;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>Controllers that do not run yet, the servers that they use, a namespace of their own and addresses of this machine.</summary>
internal sealed class Site : IAsyncDisposable
{
    private static int s_namespaces;

    private readonly string _directory;
    private readonly LocalBlock _block;
    private readonly ProgramCommand _program;

    private Site(string directory, LocalBlock block, string ns, Servers servers, WeighedSetup setup, int controllers)
    {
        (_directory, _block, Namespace, Servers, _program, Objects) = (directory, block, ns, servers, setup.Controller, new ApiObjects(servers.Api, ns));
        Controllers = new ControllerGroup(controllers, Start, new ControllerService(servers.Api, servers.ServesSlices, ns), directory, $"{block.Prefix}.250");
    }

    /// <summary>The namespace of the controllers and the pods.</summary>
    public string Namespace { get; }

    /// <summary>The servers.</summary>
    public Servers Servers { get; }

    /// <summary>Creates and changes what is in the namespace.</summary>
    public ApiObjects Objects { get; }

    /// <summary>The controllers. They watch all pods, and serve those of the namespace.</summary>
    public ControllerGroup Controllers { get; }

    /// <summary>Prepares one.</summary>
    /// <param name="setup">What is measured.</param>
    /// <param name="controllers">How many controllers.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">The servers cannot be used.</exception>
    public static async Task<Site> PrepareAsync(WeighedSetup setup, int controllers, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("akkavault-weight-").FullName;
        var servers = await Servers.StartAsync(setup.Servers, directory, cancellation).ConfigureAwait(false);
        var ns = string.Create(CultureInfo.InvariantCulture, $"akkavault-weight-{Environment.ProcessId}-{++s_namespaces}");
        var block = await (setup.Servers is not null && controllers > 1 ? LocalBlock.RoutedAsync() : LocalBlock.LoopbackAsync(cancellation)).ConfigureAwait(false);
        var site = new Site(directory, block, ns, servers, setup, controllers);
        try
        {
            await servers.Api.SendAsync(HttpMethod.Post, "api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } }, cancellation).ConfigureAwait(false);
            await site.Controllers.PublishAsync(cancellation).ConfigureAwait(false);
            return site;
        }
        catch
        {
            await site.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts all controllers, and waits until they are ready and one cluster.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        for (var index = 0; index < Controllers.Count; index++) await Controllers.StartAsync(index).ConfigureAwait(false);
        await (Controllers.Count > 1 ? Controllers.WholeAsync(cancellation) : Controllers.ReadyAsync(cancellation)).ConfigureAwait(false);
    }

    /// <summary>The address of a pod.</summary>
    /// <param name="number">Its number, below 60,000.</param>
    public string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{_block.Prefix}.{number / 250}.{(number % 250) + 1}");

    /// <summary>What each controller has used until now.</summary>
    public IReadOnlyList<ProcessWeight> Weigh() => [.. Controllers.Running.Select(controller => ProcessWeight.Read(controller.Process.Id))];

    /// <summary>Ends the controllers and the simulated servers. On real servers the namespace is deleted.</summary>
    public async ValueTask DisposeAsync()
    {
        await Controllers.DisposeAsync().ConfigureAwait(false);
        if (Servers.ApiServer is null) (await Servers.Api.DeleteAsync(new Uri($"api/v1/namespaces/{Namespace}", UriKind.Relative)).ConfigureAwait(false)).Dispose();
        await Servers.DisposeAsync().ConfigureAwait(false);
        await _block.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_directory, recursive: true);
    }

    private ControllerProcess Start(string directory, ControllerPlace? place) => ControllerProcess.Start(
        directory, Servers.Used.Vault, Servers.Used.Token, Servers.Used.Kubeconfig, $"~^{Namespace}$", vaultKeys: "token: $VAULT_TOKEN\nskipTokenRoleNameValidation: true", logLevel: "info", place: place,
        serviceNamespace: Namespace, program: _program);
}
