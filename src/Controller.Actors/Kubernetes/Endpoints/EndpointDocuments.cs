namespace AkkaVault.Controller.Kubernetes.Endpoints;

/// <summary>Of EndpointSlices (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/) only what is used.</summary>
internal sealed record EndpointSliceListDocument(IReadOnlyList<EndpointSliceDocument>? Items);

internal sealed record EndpointSliceDocument(string? AddressType, IReadOnlyList<SliceEndpoint>? Endpoints, IReadOnlyList<EndpointPort>? Ports);

internal sealed record SliceEndpoint(IReadOnlyList<string>? Addresses);

/// <summary>A port of either kind; a slice's port may be nameless.</summary>
internal sealed record EndpointPort(string? Name, int? Port);

/// <summary>Of Endpoints (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoints-v1/) only what is used.</summary>
internal sealed record EndpointsDocument(IReadOnlyList<EndpointSubset>? Subsets);

internal sealed record EndpointSubset(
    IReadOnlyList<EndpointAddress>? Addresses, IReadOnlyList<EndpointAddress>? NotReadyAddresses, IReadOnlyList<EndpointPort>? Ports);

internal sealed record EndpointAddress(string? Ip);
