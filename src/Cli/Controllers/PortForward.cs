using System.Net;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Cli.Controllers;

/// <summary>Port-forwards to pods (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/, <c>portforward</c>): one WebSocket is one connection to a port.</summary>
internal static class PortForward
{
    /// <summary>Opens a connection.</summary>
    /// <exception cref="CommandException">The API server refuses it.</exception>
    /// <exception cref="ApiServerException">The API server cannot do it.</exception>
    /// <exception cref="HttpRequestException">The API server cannot be reached.</exception>
    public static async Task<Stream> OpenAsync(ApiServer api, ControllerPod pod, CancellationToken cancellation)
    {
        try
        {
            var path = $"api/v1/namespaces/{Uri.EscapeDataString(pod.Namespace)}/pods/{Uri.EscapeDataString(pod.Name)}/portforward?ports={pod.Port}";
            return new PortForwardStream(await api.OpenWebSocketAsync(path, ChannelReader.Protocol, cancellation).ConfigureAwait(false), $"the port-forward to {pod}");
        }
        catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Forbidden)
        {
            // A WebSocket begins with GET, so the API server requires the verb get. From 1.35 on it also requires create, as it always did for SPDY.
            throw CommandException.NotAsked(
                $"the API server refuses the port-forward: {e.Message}; grant get and create of pods/portforward in {pod.Namespace}, or: kubectl -n {pod.Namespace} exec {pod.Name} -- /app/akkavault");
        }
    }
}
