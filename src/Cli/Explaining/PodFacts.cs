using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Contracts;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Cli.Explaining;

/// <summary>Everything that the command could find out about a pod.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Pod">The API server's answer about the pod.</param>
/// <param name="History">The controllers' answer about the pod.</param>
/// <param name="Cluster">The controllers' answer about the cluster.</param>
/// <param name="Watched">Which pods the controllers watch; null: unknown.</param>
/// <param name="Selected">Whether the controllers' label selector matches the pod; null: this was not checked, or could not be.</param>
internal sealed record PodFacts(
    string Namespace, string Name, Queried<ExplainedPod> Pod, Queried<PodDocument> History, Queried<MembersDocument> Cluster, WatchedPods? Watched, bool? Selected);

/// <summary>The answer to a question about the pod, or the reason why there is none.</summary>
internal abstract record Queried<T>
{
    private Queried()
    {
    }

    /// <summary>The answer.</summary>
    /// <param name="Value">The document that was received.</param>
    public sealed record Found(T Value) : Queried<T>;

    /// <summary>The object does not exist.</summary>
    public sealed record Absent : Queried<T>;

    /// <summary>The question got no answer.</summary>
    /// <param name="Reason">The reason.</param>
    public sealed record Failed(string Reason) : Queried<T>;
}

/// <summary>A pod: the parts that the controller reads, and the parts that only a person needs.</summary>
/// <param name="Document">The parts that the controller reads.</param>
/// <param name="Detail">The other parts.</param>
internal sealed record ExplainedPod(PodObject Document, PodDetail Detail)
{
    /// <summary>Whether a container of the pod is a sidecar: a native one, or an ordinary container.</summary>
    public bool IsSidecar(string container) =>
        Detail.Spec?.InitContainers?.Any(one => one.Name == container && one.RestartPolicy == "Always") == true || Detail.Spec?.Containers?.Any(one => one.Name == container) == true;
}

/// <summary>The parts of a pod that a person needs and the controller does not.</summary>
/// <param name="Status"><c>status</c>.</param>
/// <param name="Spec"><c>spec</c>.</param>
internal sealed record PodDetail(PodDetailStatus? Status, PodDetailSpecification? Spec = null);

/// <summary>The <c>spec</c> of a pod.</summary>
/// <param name="InitContainers"><c>initContainers</c>.</param>
/// <param name="Containers"><c>containers</c>.</param>
internal sealed record PodDetailSpecification(IReadOnlyList<ContainerDetail>? InitContainers, IReadOnlyList<ContainerDetail>? Containers);

/// <summary>A container of the <c>spec</c>.</summary>
/// <param name="Name"><c>name</c>.</param>
/// <param name="RestartPolicy"><c>restartPolicy</c>: of an init container that is a native sidecar, <c>Always</c>.</param>
internal sealed record ContainerDetail(string Name, string? RestartPolicy = null);

/// <summary>The <c>status</c> of a pod.</summary>
/// <param name="Conditions"><c>conditions</c>.</param>
/// <param name="InitContainerStatuses"><c>initContainerStatuses</c>.</param>
/// <param name="ContainerStatuses"><c>containerStatuses</c>.</param>
internal sealed record PodDetailStatus(
    IReadOnlyList<PodCondition>? Conditions, IReadOnlyList<InitContainerDetail>? InitContainerStatuses, IReadOnlyList<InitContainerDetail>? ContainerStatuses = null);

/// <summary>A condition of a pod.</summary>
internal sealed record PodCondition(string Type, string Status, string? Reason, string? Message);

/// <summary>An init container's status.</summary>
internal sealed record InitContainerDetail(string Name, int RestartCount, ContainerStateDetail? State, ContainerStateDetail? LastState);

/// <summary>The state of a container: one of these is set.</summary>
internal sealed record ContainerStateDetail(RunningState? Running, WaitingDetail? Waiting, TerminatedDetail? Terminated);

/// <summary>Why a container does not run yet.</summary>
internal sealed record WaitingDetail(string? Reason, string? Message);

/// <summary>How a container ended.</summary>
internal sealed record TerminatedDetail(int ExitCode, string? Reason, DateTimeOffset? FinishedAt);

internal sealed record RawList(IReadOnlyList<JsonElement>? Items);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PodObject))]
[JsonSerializable(typeof(PodDetail))]
[JsonSerializable(typeof(RawList))]
internal sealed partial class PodJson : JsonSerializerContext;
