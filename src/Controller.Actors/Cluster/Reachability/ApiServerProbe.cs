using System.Net;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>Whether the API server is reached, found by reading the controllers' addresses, which every controller of a cluster may read.</summary>
internal sealed class ApiServerProbe(ApiServer api, KubernetesSettings kubernetes, TimeProvider clock)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly ServiceEndpoints _endpoints = new(api);

    /// <returns>The problem in words; null: the API server is reached.</returns>
    /// <exception cref="OperationCanceledException">The probe was cancelled.</exception>
    public async Task<string?> TryAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            await _endpoints.ReadAsync(kubernetes.ServiceNamespace, kubernetes.Service, "", deadline.Token).ConfigureAwait(false);
            return null;
        }
        // 401: the API server does not know this controller. Any other refusal, or too many requests, would meet the other controllers too.
        catch (ApiServerException e) when ((HttpStatusCode)e.Code is not (HttpStatusCode.Unauthorized or >= HttpStatusCode.InternalServerError))
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"no answer within {Timeout.TotalSeconds} s";
        }
        // Any other problem, including a service account's token that cannot be read.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Causes.Of(e);
        }
    }
}
