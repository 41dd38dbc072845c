using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Watching;

/// <summary>Which pods are to get a secret, and for which run of their init container, or of the ordinary container that the annotation names.</summary>
internal static class PodEligibility
{
    /// <summary>The annotation that names the AppRole.</summary>
    public const string RoleAnnotation = "pod.boostport.com/vault-approle";

    /// <summary>The annotation that names the init container; or an ordinary container, which is to be a sidecar. No pod has two containers of one name.</summary>
    public const string ContainerAnnotation = "pod.boostport.com/vault-init-container";

    // Annotations may be far longer. Roles are labels of metrics, and are stored in the ledger.
    private const int LongestRole = 128;

    /// <summary>The value of one of them, without white space at its ends: a block of YAML ends in a line break. Null: it is missing or empty.</summary>
    public static string? Annotation(PodObject pod, string name) =>
        pod.Metadata.Annotations?.GetValueOrDefault(name) is { } written && SettingText.Trim(written) is { Length: > 0 } value ? value : null;

    /// <summary>Whether a pod carries both annotations.</summary>
    public static bool IsAnnotated(PodObject pod) => Annotation(pod, RoleAnnotation) is not null && Annotation(pod, ContainerAnnotation) is not null;

    /// <summary>The run of a pod that is to get a secret, or why there is none.</summary>
    public static ObservedPod Assess(PodObject pod, WatchScope scope)
    {
        var uid = pod.Metadata.Uid ?? "";
        ObservedPod No(string reason) => new(uid, null, reason, CompletedRun(pod));

        if (Annotation(pod, RoleAnnotation) is not { } role || Annotation(pod, ContainerAnnotation) is not { } container)
            return No($"it lacks the annotations {RoleAnnotation} and {ContainerAnnotation}");
        if (!scope.Includes(pod.Metadata.Namespace ?? "")) return No($"its namespace {pod.Metadata.Namespace} is not watched");
        if (pod.Metadata.DeletionTimestamp is not null) return No("the pod is being deleted");
        if (pod.Status?.Phase is "Succeeded" or "Failed") return No($"the pod has ended ({pod.Status.Phase})");

        if (Mistake(pod) is { } mistake) return No(mistake);
        var isInit = IsInitContainer(pod, container);
        var status = (isInit ? pod.Status?.InitContainerStatuses : pod.Status?.ContainerStatuses)?.FirstOrDefault(s => s.Name == container);
        if (status?.State?.Running is not { } running) return No(isInit ? $"its init container {container} is not running" : $"its container {container} is not running");
        if (pod.Status?.PodIp is not { Length: > 0 } ip) return No("it has no IP yet");

        var startedAt = running.StartedAt ?? default;
        var run = new RunId(uid, status.ContainerId is { Length: > 0 } id ? id : $"{status.RestartCount}@{startedAt:O}");
        return new ObservedPod(
            uid,
            new DeliveryTarget(
                run, pod.Metadata.Namespace!, pod.Metadata.Name ?? "", ip, role,
                pod.Spec?.NodeName ?? "", startedAt),
            "");
    }

    /// <summary>
    /// A mistake that only a person can correct: an annotation names an AppRole that cannot exist, or a container that the pod does
    /// not have.
    /// </summary>
    public static string? Mistake(PodObject pod)
    {
        if (Annotation(pod, RoleAnnotation) is not { } role || Annotation(pod, ContainerAnnotation) is not { } container) return null;
        // Vault's own rule for names; anything else could not even be asked for.
        if (role.Length > LongestRole) return $"annotation {RoleAnnotation} has {role.Length} characters, expected at most {LongestRole}";
        if (!RoleName.IsValid(role)) return $"annotation {RoleAnnotation} is \"{SettingText.Visible(role)}\", which is not a valid AppRole name (expected letters, digits, _, - and .)";
        if (pod.Spec is null) return null;
        var (init, ordinary) = (NamesIn(pod.Spec.InitContainers), NamesIn(pod.Spec.Containers));
        return init.Contains(container) || ordinary.Contains(container)
            ? null
            : $"annotation {ContainerAnnotation} names {SettingText.Visible(container)}, and the pod has no such container (init containers: {Listed(init)}; containers: {Listed(ordinary)})";
    }

    /// <summary>The run of an init container that has exited with 0, which it does when it has its secret.</summary>
    private static RunId? CompletedRun(PodObject pod) => Annotation(pod, ContainerAnnotation) is { } container && IsInitContainer(pod, container)
        && pod.Status?.InitContainerStatuses?.FirstOrDefault(s => s.Name == container) is { State.Terminated.ExitCode: 0, ContainerId: { Length: > 0 } id }
        ? new RunId(pod.Metadata.Uid ?? "", id) : null;

    private static bool IsInitContainer(PodObject pod, string container) => pod.Spec is null || NamesIn(pod.Spec.InitContainers).Contains(container);

    private static List<string> NamesIn(IReadOnlyList<NamedContainer>? containers) => [.. (containers ?? []).Select(container => container.Name)];

    private static string Listed(List<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
