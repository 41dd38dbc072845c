using System.Collections.Immutable;
using AkkaVault.Contracts;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Runs;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Cli.Explaining;

/// <summary>Findings about a run, from what the controllers know of it.</summary>
internal static class RunFindings
{
    /// <summary>How the last run of a deleted pod ended.</summary>
    public static ImmutableList<Finding> OfEarlier(PodFacts facts) => facts.History is Queried<PodDocument>.Found { Value.Runs: [var newest, ..] }
        ?
        [
            new Finding(
                FindingKind.Unchecked, "known-earlier",
                newest.Outcome == "delivered"
                    ? $"The controllers remember a pod of this name (uid {newest.Uid}); it got its secret{(newest.EndedAt is { } at ? $", and finished at {at:u}" : "")}."
                    : $"The controllers remember a pod of this name (uid {newest.Uid}), in state {newest.State}{(newest.LastError is { Length: > 0 } error ? $", with the error: {error}" : "")}.",
                ""),
        ]
        : [];

    /// <summary>The findings about the run that should get a secret.</summary>
    /// <param name="facts">What the command found out about the pod.</param>
    /// <param name="target">The run; null: it is unknown, so the newest run is used.</param>
    public static ImmutableList<Finding> OfNewest(PodFacts facts, DeliveryTarget? target)
    {
        if (facts.History is Queried<PodDocument>.Failed failed)
        {
            return
            [
                new Finding(
                    FindingKind.Unchecked, PodExplanation.ControllersUnasked, $"The controllers could not be asked: {failed.Reason}.",
                    "Give a controller's management port with --url, or run this inside of one (docs/cli.md)."),
                .. OfCluster(facts),
            ];
        }

        var history = facts.History is Queried<PodDocument>.Found found ? found.Value : new PodDocument(facts.Namespace, facts.Name, [], 0, []);
        var run = target is null
            ? history.Runs.FirstOrDefault()
            : history.Runs.FirstOrDefault(one => one.Run == target.Run.ToString());
        return [.. OfCluster(facts), .. OfSilent(history), run is null ? Unknown(facts, history, target) : OfRun(run, IsSidecar(facts))];
    }

    private static IEnumerable<Finding> OfCluster(PodFacts facts)
    {
        if (facts.Cluster is not Queried<MembersDocument>.Found { Value: var cluster }) yield break;
        if (cluster.Oldest is null)
            yield return Problem("no-leader", "No controller leads, so no pods are watched.", "See akkavault cluster show, and GET /ready of each controller.");
        if (cluster.Unreachable.Count > 0)
        {
            yield return Problem(
                "member-unreachable", $"The controllers {string.Join(", ", cluster.Unreachable.Select(member => member.Node))} cannot be reached by the others.",
                "Wait for the others to take them out (docs/cluster.md), or akkavault cluster down-unreachable.");
        }
    }

    private static IEnumerable<Finding> OfSilent(PodDocument history)
    {
        if (history.Unanswered.Count > 0)
            yield return new Finding(FindingKind.Unchecked, "member-silent", $"{string.Join(", ", history.Unanswered)} did not answer in time; what it knows is missing here.", "Ask again.");
    }

    private static Finding Unknown(PodFacts facts, PodDocument history, DeliveryTarget? target) => history.Runs switch
    {
        [] when target is null => new Finding(FindingKind.Unchecked, "unknown-to-controllers", $"The controllers know of no run of {facts.Namespace}/{facts.Name}.", "To tell whether they should know it, this command must be able to read the pod."),
        [] => Problem(
            "unknown-to-controllers", "The init container runs, and the controllers do not know of it.",
            "Is its namespace watched (kubernetes.watchNamespace, kubernetes.labelSelector), and may the controllers list and watch pods there (akkavault check)? GET /ready says whether the watch is up."),
        [var newest, ..] => Problem(
            "unknown-to-controllers", $"The init container runs, and the controllers do not know of this run, only of an earlier one ({newest.State}, uid {newest.Uid}).",
            "If this stays so for more than some seconds, the watch is behind: GET /ready of the controller that leads (akkavault cluster show), and its log."),
    };

    private static bool IsSidecar(PodFacts facts) =>
        facts.Pod is Queried<ExplainedPod>.Found { Value: var pod } && PodEligibility.Annotation(pod.Document, PodEligibility.ContainerAnnotation) is { } container && pod.IsSidecar(container);

    private static Finding OfDelivered(RunDocument run, bool isSidecar)
    {
        var delivered = $"The controllers have delivered its secret{(run.EndedAt is { } at ? $" at {at:u}" : "")}{(run.Attempts > 0 ? $", after {RunExplanation.Attempts(run.Attempts)}" : "")}";
        return run.NextDeliveryAt is { } next
            ? new Finding(FindingKind.Ok, "delivered", $"{delivered}; the sidecar is to get another one at {next:u}.", "")
            : new Finding(
                FindingKind.Ok, "delivered", isSidecar || run.IsRedelivery ? $"{delivered}; the sidecar has asked for no other one: it renews its token." : $"{delivered}; the init container is about to end.", "");
    }

    private static Finding OfRun(RunDocument run, bool isSidecar) => run switch
    {
        { Outcome: "delivered", NextDeliveryAt: { } due, IsOverdue: true } => Problem(
            "redelivery-overdue", $"The sidecar was to get another secret at {due:u}, and the controllers have not begun to deliver it.",
            "See akkavault cluster show: a leader must be there. Its log says whether the API server answers it and whether the ledger has room (kubernetesvault_ledger_bytes). " +
            "If no other secret comes in time, the sidecar ends with 4 while its token is still good, and is started again."),
        { State: "delivered" } or { Outcome: "delivered" } => OfDelivered(run, isSidecar),
        { State: "cancelled" } or { Outcome: "cancelled" } => Problem(
            "cancelled", "The controllers have cancelled this run: to them the pod is gone, or is no longer one that gets a secret.", "Look at the log of the controller that leads; delete the pod if it stays so."),
        { LastError: { Length: > 0 } error } => FindingOf(FindingKind.Problem, RunExplanation.OfError(error, run.LastErrorCode ?? "", run.Role, run.Attempts, run.Node, run.IsRedelivery)),
        _ => FindingOf(FindingKind.Waiting, RunExplanation.OfProgress(run.State, run.Attempts, run.Node, run.IsRedelivery)),
    };

    private static Finding FindingOf(FindingKind kind, RunExplanation explanation) => new(kind, explanation.Code, explanation.Sentence, explanation.WhatToDo);

    private static Finding Problem(string code, string sentence, string whatToDo) => new(FindingKind.Problem, code, sentence, whatToDo);
}
