using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Kubernetes.Endpoints;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EndpointSliceListDocument))]
[JsonSerializable(typeof(EndpointsDocument))]
internal sealed partial class EndpointJson : JsonSerializerContext;
