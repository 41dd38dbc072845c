using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox;

/// <summary>The controllers' headless Service. It publishes addresses in the API server as a real cluster does.</summary>
/// <param name="api">A client of the API server.</param>
/// <param name="slices">Whether addresses are published as EndpointSlices. Otherwise they are published as Endpoints, as before Kubernetes 1.21.</param>
/// <param name="ns">The namespace of the Service.</param>
public sealed class ControllerService(HttpClient api, bool slices, string ns = ControllerService.Namespace)
{
    /// <summary>The name of the Service.</summary>
    public const string Name = "kubernetes-vault";

    /// <summary>The namespace of the Service, unless another one is given.</summary>
    public const string Namespace = "default";

    private string Collection => slices ? $"apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices" : $"api/v1/namespaces/{ns}/endpoints";

    /// <summary>Publishes the addresses of all pods of the Service, ready or not.</summary>
    public async Task PublishAsync(IReadOnlyCollection<string> addresses, CancellationToken cancellation)
    {
        using var existing = await api.GetAsync(new Uri($"{Collection}/{Name}", UriKind.Relative), cancellation).ConfigureAwait(false);
        using var body = new StringContent((slices ? Slice(addresses) : Endpoints(addresses)).ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = existing.StatusCode == HttpStatusCode.NotFound
            ? await api.PostAsync(new Uri(Collection, UriKind.Relative), body, cancellation).ConfigureAwait(false)
            : await api.PutAsync(new Uri($"{Collection}/{Name}", UriKind.Relative), body, cancellation).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
    }

    private static JsonObject Slice(IEnumerable<string> addresses) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = Name, ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = Name } },
        ["addressType"] = "IPv4",
        ["endpoints"] = new JsonArray([.. addresses.Select(ip => new JsonObject { ["addresses"] = new JsonArray(ip), ["conditions"] = new JsonObject { ["ready"] = false } })]),
        ["ports"] = Ports,
    };

    private static JsonObject Endpoints(IEnumerable<string> addresses) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = Name },
        ["subsets"] = new JsonArray(new JsonObject
        {
            ["notReadyAddresses"] = new JsonArray([.. addresses.Select(ip => new JsonObject { ["ip"] = ip })]),
            ["ports"] = Ports,
        }),
    };

    private static JsonArray Ports => new(new JsonObject { ["name"] = "management", ["port"] = ControllerPlace.ManagementPort, ["protocol"] = "TCP" });
}
