using System.Text.Json;
using AkkaVault.Cli.Cluster;
using AkkaVault.Cli.Management;
using AkkaVault.Cli.Output;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Access;
using AkkaVault.Shared.Http;

namespace AkkaVault.Cli.Controllers;

/// <summary>The controllers of a cluster, reached through port-forwards that this process opens itself.</summary>
/// <param name="choice">Which kubeconfig.</param>
/// <param name="ns">The controllers' namespace; null: it is looked for.</param>
/// <param name="timeout">The time limit of one request.</param>
internal sealed class ForwardedControllers(KubeconfigChoice choice, string? ns, TimeSpan timeout) : IDisposable
{
    private ApiServer? _api;
    private IReadOnlyList<ControllerPod> _pods = [];

    /// <summary>A client for the leader. If the leader does not answer, or nobody leads, the client is for another controller.</summary>
    /// <exception cref="CommandException">No controller answers.</exception>
    public async Task<ManagementClient> LeaderAsync(CancellationToken cancellation)
    {
        _pods = await FindAsync(cancellation).ConfigureAwait(false);
        CommandException? failure = null;
        foreach (var pod in _pods)
        {
            var client = ClientOf(pod);
            try
            {
                var oldest = (await client.MembersAsync(cancellation).ConfigureAwait(false)).Oldest;
                var leader = oldest is not null && MemberAddress.HostOf(oldest) is { } host ? _pods.FirstOrDefault(one => one.IsAt(host)) : null;
                return leader is null || leader == pod ? client : await InsteadAsync(client, leader, cancellation).ConfigureAwait(false);
            }
            catch (CommandException e)
            {
                client.Dispose();
                failure ??= e;
            }
        }

        throw failure!;
    }

    /// <summary>The pods of the controllers.</summary>
    /// <exception cref="CommandException">There are none, or the API server cannot be asked.</exception>
    public async Task<IReadOnlyList<ControllerPod>> FindAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            _api ??= ApiServer.Connect(choice);
            return await ControllerPods.FindAsync(_api, ns, deadline.Token).ConfigureAwait(false);
        }
        catch (KubeconfigException e)
        {
            throw CommandException.Misused($"{e.Message}; without a kubeconfig name a controller's management port with --url");
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or JsonException or IOException or UnauthorizedAccessException)
        {
            throw CommandException.NotAsked($"the API server{(_api is null ? "" : $" {_api.Address}")} cannot be asked for the controllers: {Causes.Of(e)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw CommandException.NotAsked($"the API server {_api?.Address} did not answer within {timeout.TotalSeconds:0.###}s; try a longer --timeout");
        }
    }

    /// <summary>Runs a program in the pod of a controller. A ready controller is preferred.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="chosen">Receives the pod that was chosen.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The program's exit code.</returns>
    /// <exception cref="CommandException">There is no controller, or the API server refuses it.</exception>
    public async Task<int> ExecAsync(IReadOnlyList<string> command, Action<ControllerPod> chosen, CancellationToken cancellation)
    {
        var pod = (await FindAsync(cancellation).ConfigureAwait(false))[0];
        chosen(pod);
        try
        {
            return await PodExec.RunAsync(_api!, pod, command, Console.Out, Console.Error, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or IOException)
        {
            throw CommandException.NotAsked($"the API server {_api!.Address} does not run it in {pod}: {Causes.Of(e)}");
        }
    }

    /// <summary>Opens a connection to the management port of a controller.</summary>
    /// <param name="host">The controller's host, as in the URL.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="CommandException">It cannot be opened, and the message says what to do.</exception>
    public async ValueTask<Stream> OpenAsync(string host, CancellationToken cancellation)
    {
        var pod = _pods.FirstOrDefault(one => one.IsAt(host)) ?? throw new IOException($"no running controller's pod has the address {host}");
        try
        {
            return await PortForward.OpenAsync(_api!, pod, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException e)
        {
            throw new IOException($"the API server opens no port-forward to {pod}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _api?.Dispose();

    private async Task<ManagementClient> InsteadAsync(ManagementClient other, ControllerPod leader, CancellationToken cancellation)
    {
        var client = ClientOf(leader);
        try
        {
            await client.MembersAsync(cancellation).ConfigureAwait(false);
        }
        catch (CommandException e)
        {
            client.Dispose();
            CommandOutput.Note($"the leader does not answer, so another controller was asked: {e.Message}");
            return other;
        }

        other.Dispose();
        return client;
    }

    private ManagementClient ClientOf(ControllerPod pod) => new(pod.Management, timeout, new ManagementRoute(
        (endpoint, cancellation) => OpenAsync(endpoint.Host, cancellation), $"this went through a port-forward to the pod {pod}; look at its log, or: kubectl -n {pod.Namespace} get pods"));
}
