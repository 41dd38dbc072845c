using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Contracts;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Cli.Explaining;

/// <summary>All that is known of a pod.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Pod">What the API server says of it.</param>
/// <param name="History">What the controllers say of it.</param>
/// <param name="Cluster">What the controllers say of themselves.</param>
/// <param name="Watched">Which pods the controllers watch; null: not known.</param>
/// <param name="Selected">Whether its labels are those that are watched; null: that was not, or could not be, found out.</param>
public sealed record PodFacts(
    string Namespace, string Name, Queried<ObservedPod> Pod, Queried<PodDocument> History, Queried<MembersDocument> Cluster, WatchedPods? Watched, bool? Selected);

/// <summary>The answer to a question about the pod, or why there is none.</summary>
public abstract record Queried<T>
{
    private Queried()
    {
    }

    /// <summary>It is there.</summary>
    /// <param name="Value">What it is.</param>
    public sealed record Found(T Value) : Queried<T>;

    /// <summary>It does not exist.</summary>
    public sealed record Absent : Queried<T>;

    /// <summary>It could not be asked for.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Failed(string Reason) : Queried<T>;
}

/// <summary>A pod as the controller reads it, and the rest of its status.</summary>
/// <param name="Document">As the controller reads it.</param>
/// <param name="Detail">What else there is.</param>
public sealed record ObservedPod(PodObject Document, PodDetail Detail);

/// <summary>The parts of a pod that the controller does not need and a person does.</summary>
/// <param name="Status"><c>status</c>.</param>
public sealed record PodDetail(PodDetailStatus? Status);

/// <summary>Of <c>status</c>.</summary>
/// <param name="Conditions"><c>conditions</c>.</param>
/// <param name="InitContainerStatuses"><c>initContainerStatuses</c>.</param>
/// <param name="ContainerStatuses"><c>containerStatuses</c>.</param>
public sealed record PodDetailStatus(
    IReadOnlyList<PodCondition>? Conditions, IReadOnlyList<InitContainerDetail>? InitContainerStatuses, IReadOnlyList<InitContainerDetail>? ContainerStatuses = null);

/// <summary>A condition.</summary>
public sealed record PodCondition(string Type, string Status, string? Reason, string? Message);

/// <summary>An init container's status.</summary>
public sealed record InitContainerDetail(string Name, int RestartCount, ContainerStateDetail? State, ContainerStateDetail? LastState);

/// <summary>A container's state: one of these.</summary>
public sealed record ContainerStateDetail(RunningState? Running, WaitingDetail? Waiting, TerminatedDetail? Terminated);

/// <summary>Why a container does not run yet.</summary>
public sealed record WaitingDetail(string? Reason, string? Message);

/// <summary>How a container ended.</summary>
public sealed record TerminatedDetail(int ExitCode, string? Reason, DateTimeOffset? FinishedAt);

internal sealed record RawList(IReadOnlyList<JsonElement>? Items);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PodObject))]
[JsonSerializable(typeof(PodDetail))]
[JsonSerializable(typeof(RawList))]
internal sealed partial class PodJson : JsonSerializerContext;
