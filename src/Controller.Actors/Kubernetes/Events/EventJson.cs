using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Kubernetes.Events;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(EventPatch))]
internal sealed partial class EventJson : JsonSerializerContext;
