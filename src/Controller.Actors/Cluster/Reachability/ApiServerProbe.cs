using System.Net;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>
/// Whether the API server is reached, found by asking for the controllers' addresses: every controller of several has the right
/// to, and does so anyway.
/// </summary>
internal sealed class ApiServerProbe(ApiServer api, KubernetesSettings kubernetes, TimeProvider clock)
{
    /// <summary>How long the API server may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly ServiceEndpoints _endpoints = new(api);

    /// <summary>Tries once.</summary>
    /// <returns>What is wrong, for people; null: it is reached.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<string?> TryAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            await _endpoints.ReadAsync(kubernetes.ServiceNamespace, kubernetes.Service, "", deadline.Token).ConfigureAwait(false);
            return null;
        }
        // 401: it does not know this controller. What it knows and refuses, or is too busy for, it refuses the others as well.
        catch (ApiServerException e) when ((HttpStatusCode)e.Code is not (HttpStatusCode.Unauthorized or >= HttpStatusCode.InternalServerError))
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"no answer within {Timeout.TotalSeconds} s";
        }
        // Whatever it is, a service account's token that cannot be read included.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Causes.Of(e);
        }
    }
}
