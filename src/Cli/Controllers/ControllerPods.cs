using System.Net;
using System.Text.Json;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Cli.Controllers;

/// <summary>Finds the controllers' pods: those with the label that the manifests and the chart give them, and with a port named <c>management</c>.</summary>
internal static class ControllerPods
{
    /// <summary>The namespace of the manifests.</summary>
    public const string UsualNamespace = "kubernetes-vault";

    // The chart sets the label to the name of the release.
    private const string Label = "app.kubernetes.io/name";
    private const string Port = "management";

    /// <summary>Finds the pods; ready pods come first.</summary>
    /// <param name="api">The API server.</param>
    /// <param name="ns">Their namespace; null: that of the manifests, else that of the kubeconfig's context.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="CommandException">There are none, or the API server refuses to name them.</exception>
    public static async Task<IReadOnlyList<ControllerPod>> FindAsync(ApiServer api, string? ns, CancellationToken cancellation)
    {
        string[] namespaces = ns is not null ? [ns] : [.. new[] { UsualNamespace, api.Namespace }.OfType<string>().Distinct()];
        CommandException? refused = null;
        foreach (var one in namespaces)
        {
            try
            {
                if (await ListAsync(api, one, cancellation).ConfigureAwait(false) is { Count: > 0 } found) return found;
            }
            catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Forbidden)
            {
                refused ??= CommandException.NotAsked($"the API server does not say which pods are controllers: {e.Message}; it needs the right to list pods in {one} (if they are elsewhere: -n), or --url");
            }
        }

        throw refused ?? CommandException.NotAsked(
            $"no controller runs in {string.Join(" or ", namespaces)}: no running pod there has the label {Label} and a port named {Port}; name their namespace with -n, or a management port with --url");
    }

    private static async Task<IReadOnlyList<ControllerPod>> ListAsync(ApiServer api, string ns, CancellationToken cancellation)
    {
        using var response = await api.GetAsync($"api/v1/namespaces/{Uri.EscapeDataString(ns)}/pods?labelSelector={Uri.EscapeDataString(Label)}", cancellation).ConfigureAwait(false);
        await ApiServerException.ThrowUnlessOkAsync(response, cancellation).ConfigureAwait(false);
        var list = await JsonSerializer.DeserializeAsync(
            await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false), ListedPodsJson.Default.ListedPods, cancellation).ConfigureAwait(false);
        return [.. (list?.Items ?? []).Select(Of).OfType<ControllerPod>().OrderByDescending(pod => pod.IsReady).ThenBy(pod => pod.Name, StringComparer.Ordinal)];
    }

    private static ControllerPod? Of(ListedPod pod)
    {
        if (pod.Status?.Phase != "Running" || pod.Metadata.DeletionTimestamp is not null) return null;
        foreach (var container in pod.Spec?.Containers ?? [])
        {
            if (container.Ports?.FirstOrDefault(port => port.Name == Port) is not { } port) continue;
            var isReady = pod.Status.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;
            return new ControllerPod(pod.Metadata.Namespace, pod.Metadata.Name, pod.Status.PodIp, container.Name, port.ContainerPort, isReady);
        }

        return null;
    }
}
