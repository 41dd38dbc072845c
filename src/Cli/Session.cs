using AkkaVault.Cli.Controllers;
using AkkaVault.Cli.Management;
using AkkaVault.Cli.Output;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Cli;

/// <summary>The options that all commands have.</summary>
/// <param name="url">The address of a controller's management port; null: the controllers are found in Kubernetes.</param>
/// <param name="kubeconfig">Which kubeconfig is used.</param>
/// <param name="ns">The controllers' namespace; null: it is looked for.</param>
/// <param name="timeout">The time limit of one request.</param>
/// <param name="output">Receives the answer.</param>
internal sealed class Session(Uri? url, KubeconfigChoice kubeconfig, string? ns, TimeSpan timeout, CommandOutput output) : IDisposable
{
    private ManagementClient? _management;

    /// <summary>Which kubeconfig is used.</summary>
    public KubeconfigChoice Kubeconfig => kubeconfig;

    /// <summary>The time limit of one request.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Receives the answer.</summary>
    public CommandOutput Output => output;

    /// <summary>The controllers that are found in Kubernetes; null: one was named by its address.</summary>
    public ForwardedControllers? Controllers { get; } = url is null ? new ForwardedControllers(kubeconfig, ns, timeout) : null;

    /// <summary>The client of a controller: of the one that was named, else of the leader.</summary>
    /// <exception cref="CommandException">There is none, or none answers.</exception>
    public async Task<ManagementClient> ManagementAsync(CancellationToken cancellation) =>
        _management ??= Controllers is null ? new ManagementClient(url!, timeout, ManagementRoute.Direct) : await Controllers.LeaderAsync(cancellation).ConfigureAwait(false);

    /// <summary>The controller does not answer any more: the next request goes to the one that leads then.</summary>
    public void Forget()
    {
        _management?.Dispose();
        _management = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _management?.Dispose();
        Controllers?.Dispose();
    }
}
