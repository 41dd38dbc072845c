using System.Net;
using System.Text.Json;
using AkkaVault.Controller.Cluster.Standalone;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Shared.Http;

namespace AkkaVault.Cli.Checking;

/// <summary>Whether a controller without a <c>cluster</c> section is the only one behind its Service. If there are several, each of them serves every pod.</summary>
/// <param name="api">The API server.</param>
/// <param name="kubernetes">The settings that name the Service.</param>
/// <param name="timeout">The time limit of the check.</param>
internal sealed class NeighbourCheck(ApiServer api, KubernetesSettings kubernetes, TimeSpan timeout)
{
    /// <summary>Runs the check.</summary>
    public async Task<Check> RunAsync(CancellationToken cancellation)
    {
        var name = $"one controller behind Service {kubernetes.ServiceNamespace}/{kubernetes.Service}";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            var endpoints = await new ServiceEndpoints(api).ReadAsync(kubernetes.ServiceNamespace, kubernetes.Service, "", deadline.Token).ConfigureAwait(false);
            return Judge(name, StandaloneCheck.Count(endpoints));
        }
        catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Forbidden)
        {
            return Check.Skipped(name, "its addresses may not be read, and need not be: without that nobody notices several controllers, each alone", "Apply k8s/rbac/discovery.yaml, for this namespace and account.");
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or IOException or JsonException)
        {
            return Check.Skipped(name, Causes.Of(e));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Check.Skipped(name, $"{api.Address} did not answer within {timeout.TotalSeconds:0.###}s");
        }
    }

    private static Check Judge(string name, int addresses) => addresses switch
    {
        0 => Check.Ok(name, "no address yet"),
        1 => Check.Ok(name, "1 address"),
        _ => Check.Failed(
            name, $"{addresses} addresses, and no cluster section: if they are controllers, each of them serves every pod",
            $"Set cluster.hostname: $POD_IP, cluster.replicas: {addresses} and state.store: kubernetes (docs/cluster.md), or run one replica."),
    };
}
