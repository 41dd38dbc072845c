using System.Text.Json.Serialization;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Controller.Watching;

/// <summary>The fields of a pod that are used (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/).</summary>
[JsonConverter(typeof(PodObjectConverter))]
internal sealed record PodObject(PodMetadata Metadata, PodSpecification? Spec, PodStatus? Status);

/// <summary><c>metadata</c>.</summary>
internal sealed record PodMetadata(
    string? Name, string? Namespace, string? Uid, string? ResourceVersion, string? DeletionTimestamp, Dictionary<string, string>? Annotations);

/// <summary><c>spec</c>.</summary>
internal sealed record PodSpecification(string? NodeName, IReadOnlyList<NamedContainer>? InitContainers, IReadOnlyList<NamedContainer>? Containers = null);

/// <summary>A container's name.</summary>
internal sealed record NamedContainer(string Name);

/// <summary><c>status</c>.</summary>
internal sealed record PodStatus(
    string? Phase, [property: JsonPropertyName("podIP")] string? PodIp, IReadOnlyList<ContainerStatus>? InitContainerStatuses,
    IReadOnlyList<ContainerStatus>? ContainerStatuses = null);

/// <summary>One of <c>status.initContainerStatuses</c> or <c>status.containerStatuses</c>.</summary>
internal sealed record ContainerStatus(
    string Name, [property: JsonPropertyName("containerID")] string? ContainerId, int RestartCount, ContainerState? State);

/// <summary>A container's state.</summary>
internal sealed record ContainerState(RunningState? Running, TerminatedState? Terminated = null);

/// <summary>A running container.</summary>
internal sealed record RunningState(DateTimeOffset? StartedAt);

/// <summary>A container that has ended.</summary>
internal sealed record TerminatedState(int ExitCode);

internal sealed record PodListDocument(ListMetadata Metadata, IReadOnlyList<PodObject>? Items);

internal sealed record ListMetadata(string? ResourceVersion, [property: JsonPropertyName("continue")] string? Continue);

/// <summary>The part of a watch event that says how to read the rest.</summary>
internal sealed record WatchEventType(string Type);

internal sealed record PodWatchEvent(PodObject Object);

internal sealed record StatusWatchEvent(StatusDocument Object);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PodListDocument))]
[JsonSerializable(typeof(ListMetadata))]
[JsonSerializable(typeof(PodMetadata))]
[JsonSerializable(typeof(PodSpecification))]
[JsonSerializable(typeof(PodStatus))]
[JsonSerializable(typeof(WatchEventType))]
[JsonSerializable(typeof(PodWatchEvent))]
[JsonSerializable(typeof(StatusWatchEvent))]
internal sealed partial class PodJson : JsonSerializerContext;
