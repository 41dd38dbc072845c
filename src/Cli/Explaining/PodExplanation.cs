using System.Collections.Immutable;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Cli.Explaining;

/// <summary>Why a pod has no secret: derives findings from facts.</summary>
internal static class PodExplanation
{
    /// <summary>The pod could not be read.</summary>
    public const string PodUnread = "pod-unread";

    /// <summary>No controller could be asked.</summary>
    public const string ControllersUnasked = "controllers-unasked";

    /// <summary>All findings. Problems come in the order of the steps by which a pod gets its secret.</summary>
    public static ImmutableList<Finding> Of(PodFacts facts) => facts.Pod switch
    {
        Queried<ExplainedPod>.Found pod => OfPod(facts, pod.Value),
        Queried<ExplainedPod>.Absent =>
        [
            Problem("pod-missing", $"There is no pod {facts.Namespace}/{facts.Name}.", $"Check its name and namespace: kubectl -n {facts.Namespace} get pods."),
            .. RunFindings.OfEarlier(facts),
        ],
        Queried<ExplainedPod>.Failed failed =>
        [
            new Finding(
                FindingKind.Unchecked, PodUnread, $"The pod could not be read: {failed.Reason}.",
                "Run this with a kubeconfig (KUBECONFIG) that may get or list pods there, or in a controller's pod where its namespace is watched."),
            .. RunFindings.OfNewest(facts, null),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(facts), facts.Pod.GetType().Name, "no look at a pod"),
    };

    private static ImmutableList<Finding> OfPod(PodFacts facts, ExplainedPod pod)
    {
        var document = pod.Document;
        if (document.Metadata.DeletionTimestamp is not null)
            return [Problem("pod-deleted", "The pod is being deleted; it no longer gets a secret.", "Look at the pod that takes its place.")];
        if (Missing(document) is { Count: > 0 } missing)
        {
            return
            [
                Problem(
                    "not-annotated", $"The pod lacks {(missing.Count == 1 ? "the annotation" : "the annotations")} {string.Join(" and ", missing)}.",
                    "Add both to the pod template's metadata (not to the Deployment's own): the AppRole, and the name of the init container."),
                .. Watched(facts),
            ];
        }

        if (PodEligibility.Mistake(document) is { } mistake)
            return [Problem("wrong-annotation", $"{char.ToUpperInvariant(mistake[0])}{mistake[1..]}.", "Correct the annotation in the pod template."), .. Watched(facts)];

        var container = ContainerFindings.Of(pod);
        // The init container has its secret, so other findings no longer matter.
        if (container is [{ Kind: FindingKind.Ok }]) return container;
        if (document.Status?.Phase is "Succeeded" or "Failed")
            return [Problem("pod-ended", $"The pod has ended ({document.Status.Phase}); it no longer gets a secret.", "Look at the pod that takes its place.")];
        var watched = Watched(facts);
        return container.Count > 0
            ? [.. watched, .. container]
            : [.. watched, .. RunFindings.OfNewest(facts, TargetOf(document)), .. ContainerFindings.OfEarlierEnd(pod)];
    }

    /// <summary>The run of a pod that should get a secret; null: there is none now.</summary>
    public static DeliveryTarget? TargetOf(PodObject pod) => PodEligibility.Assess(pod, Everywhere).Target;

    private static WatchScope Everywhere { get; } = WatchScope.Parse("~.*");

    private static List<string> Missing(PodObject document) =>
        [.. new[] { PodEligibility.RoleAnnotation, PodEligibility.ContainerAnnotation }.Where(name => PodEligibility.Annotation(document, name) is null)];

    /// <summary>Whether the controllers watch this pod.</summary>
    private static IEnumerable<Finding> Watched(PodFacts facts)
    {
        if (facts.Watched is not { } watched)
        {
            yield return new Finding(
                FindingKind.Unchecked, "namespace-unchecked", "Whether the namespace is watched was not checked.", "Give the controllers' configuration: --config kubernetes-vault.yml.");
            yield break;
        }

        if (!watched.Scope.Includes(facts.Namespace))
        {
            yield return Problem(
                "namespace-not-watched", $"The namespace {facts.Namespace} is not one that kubernetes.watchNamespace names.",
                "Change kubernetes.watchNamespace and restart the controllers, or run the pod in a watched namespace.");
        }

        if (watched.LabelSelector is not { } selector) yield break;
        if (facts.Selected is null)
            yield return new Finding(FindingKind.Unchecked, "labels-unchecked", $"Whether the pod has the labels of kubernetes.labelSelector ({selector}) could not be checked.", "It needs the right to list pods.");
        else if (facts.Selected == false)
            yield return Problem("labels-not-watched", $"The pod has not the labels that kubernetes.labelSelector asks for ({selector}).", "Add the labels to the pod template, or change kubernetes.labelSelector.");
    }

    private static Finding Problem(string code, string sentence, string whatToDo) => new(FindingKind.Problem, code, sentence, whatToDo);
}
