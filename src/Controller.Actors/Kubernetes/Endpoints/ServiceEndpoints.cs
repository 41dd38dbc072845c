using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AkkaVault.Controller.Kubernetes.Endpoints;

/// <summary>One address behind a service.</summary>
/// <param name="Ip">The address.</param>
/// <param name="Port">The number of the port with the name that was asked for; null: the service has none of that name.</param>
internal sealed record ServiceEndpoint(IPAddress Ip, int? Port);

/// <summary>
/// The addresses behind a headless service, ready and not ready: its EndpointSlices, or its Endpoints where the API server has
/// no <c>discovery.k8s.io/v1</c> (before 1.21).
/// </summary>
/// <param name="api">The API server.</param>
internal sealed class ServiceEndpoints(ApiServer api)
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";
    private volatile bool _noSlices;

    /// <summary>Reads them; empty when there is no such service yet.</summary>
    /// <param name="ns">The service's namespace.</param>
    /// <param name="service">Its name.</param>
    /// <param name="portName">The port whose number is wanted.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ApiServerException">The API server refused.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    /// <exception cref="JsonException">It answered with something else.</exception>
    public async Task<ImmutableHashSet<ServiceEndpoint>> ReadAsync(string ns, string service, string portName, CancellationToken cancellation)
    {
        if (!_noSlices)
        {
            try
            {
                if (await SlicesAsync(ns, service, portName, cancellation).ConfigureAwait(false) is { } found) return found;
                // An API server that is upgraded later still serves Endpoints, so slices are not asked for again.
                _noSlices = true;
            }
            catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Forbidden)
            {
                // The original's manifests grant Endpoints only. The right may be granted later, so slices are asked for the next time.
                if (await UnlessRefusedAsync(EndpointsAsync(ns, service, portName, cancellation)).ConfigureAwait(false) is { } found) return found;
                throw;
            }
        }

        return await EndpointsAsync(ns, service, portName, cancellation).ConfigureAwait(false) ?? [];
    }

    private async Task<ImmutableHashSet<ServiceEndpoint>?> SlicesAsync(string ns, string service, string portName, CancellationToken cancellation)
    {
        var path = $"apis/discovery.k8s.io/v1/namespaces/{Uri.EscapeDataString(ns)}/endpointslices?labelSelector={Uri.EscapeDataString($"{ServiceNameLabel}={service}")}";
        return await GetAsync(path, EndpointJson.Default.EndpointSliceListDocument, cancellation).ConfigureAwait(false) is { } slices ? InSlices(slices, portName) : null;
    }

    private async Task<ImmutableHashSet<ServiceEndpoint>?> EndpointsAsync(string ns, string service, string portName, CancellationToken cancellation)
    {
        var path = $"api/v1/namespaces/{Uri.EscapeDataString(ns)}/endpoints/{Uri.EscapeDataString(service)}";
        return await GetAsync(path, EndpointJson.Default.EndpointsDocument, cancellation).ConfigureAwait(false) is { } endpoints ? InEndpoints(endpoints, portName) : null;
    }

    private static async Task<T?> UnlessRefusedAsync<T>(Task<T?> asked)
        where T : class
    {
        try
        {
            return await asked.ConfigureAwait(false);
        }
        catch (ApiServerException e) when (e.Code == (int)HttpStatusCode.Forbidden)
        {
            return null;
        }
    }

    private static ImmutableHashSet<ServiceEndpoint> InSlices(EndpointSliceListDocument slices, string portName) =>
        [.. from slice in slices.Items ?? []
            from endpoint in slice.Endpoints ?? []
            from address in endpoint.Addresses ?? []
            // Slices of type FQDN hold names.
            let ip = Parse(address)
            where ip is not null
            select new ServiceEndpoint(ip, PortOf(slice.Ports, portName))];

    private static ImmutableHashSet<ServiceEndpoint> InEndpoints(EndpointsDocument endpoints, string portName) =>
        [.. from subset in endpoints.Subsets ?? []
            from address in (subset.Addresses ?? []).Concat(subset.NotReadyAddresses ?? [])
            let ip = Parse(address.Ip)
            where ip is not null
            select new ServiceEndpoint(ip, PortOf(subset.Ports, portName))];

    private static IPAddress? Parse(string? text) => IPAddress.TryParse(text, out var ip) ? ip : null;

    private static int? PortOf(IReadOnlyList<EndpointPort>? ports, string name) => ports?.FirstOrDefault(port => port.Name == name)?.Port;

    /// <summary>Null on 404.</summary>
    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        using var response = await api.GetAsync(path, cancellation).ConfigureAwait(false);
        if (!await ApiServerException.ThrowUnlessOkOrMissingAsync(response, cancellation).ConfigureAwait(false)) return null;
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        return await JsonSerializer.DeserializeAsync(body, type, cancellation).ConfigureAwait(false) ?? throw new JsonException($"expected {typeof(T).Name}, got null");
    }
}
