using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>Of a <c>Status</c> (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/) only what is used.</summary>
internal sealed record StatusDocument(string? Kind, int Code, string? Reason, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;
