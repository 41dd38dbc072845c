using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Kubernetes.Events;

internal sealed record EventDocument(
    EventMetadata Metadata, ObjectReference InvolvedObject, string Reason, string Message, string Type, EventSource Source,
    string FirstTimestamp, string LastTimestamp, int Count);

/// <summary>What changes when the same happens again.</summary>
internal sealed record EventPatch(string LastTimestamp, int Count);

internal sealed record EventMetadata(string Name, string Namespace);

internal sealed record ObjectReference(string Kind, [property: JsonPropertyName("apiVersion")] string ApiVersion, string Namespace, string Name, string Uid);

internal sealed record EventSource(string Component);
