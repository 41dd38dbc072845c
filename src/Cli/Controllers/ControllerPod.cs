using System.Text.Json.Serialization;

namespace AkkaVault.Cli.Controllers;

/// <summary>A controller's pod.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Ip">Its address; null: it has none yet.</param>
/// <param name="Container">The container in which the controller runs.</param>
/// <param name="Port">The management port.</param>
/// <param name="IsReady">Whether the controller says that it is ready.</param>
internal sealed record ControllerPod(string Namespace, string Name, string? Ip, string Container, int Port, bool IsReady)
{
    /// <summary>The management port. The host is the pod's name, for messages; only port-forwards lead there.</summary>
    public Uri Management => new($"http://{Name}:{Port}/");

    /// <summary>Whether a member's host, or that of <see cref="Management"/>, is this pod: its address, its name, or its name in a Service's domain.</summary>
    public bool IsAt(string host) => host == Ip || host == Name || host.StartsWith(Name + '.', StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";
}

internal sealed record ListedPods(IReadOnlyList<ListedPod>? Items);

internal sealed record ListedPod(ListedMetadata Metadata, ListedSpecification? Spec, ListedStatus? Status);

internal sealed record ListedMetadata(string Name, string Namespace, string? DeletionTimestamp);

internal sealed record ListedSpecification(IReadOnlyList<ListedContainer>? Containers);

internal sealed record ListedContainer(string Name, IReadOnlyList<ListedPort>? Ports);

internal sealed record ListedPort(string? Name, int ContainerPort);

internal sealed record ListedStatus(string? Phase, [property: JsonPropertyName("podIP")] string? PodIp, IReadOnlyList<ListedCondition>? Conditions);

internal sealed record ListedCondition(string Type, string Status);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ListedPods))]
internal sealed partial class ListedPodsJson : JsonSerializerContext;
