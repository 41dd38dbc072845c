using System.Collections.Immutable;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Cli.Explaining;

/// <summary>Findings about the init container of an annotated pod.</summary>
internal static class ContainerFindings
{
    /// <summary>The code of <see cref="OfEarlierEnd"/>.</summary>
    public const string Restarted = "sidecar-restarted";

    // The exit codes of src/InitContainer/ExitCodes.cs.
    private const int TokenLost = 3;
    private const int TokenEnding = 4;

    /// <summary>Why the init container cannot get a secret now, or that it got one. Empty: the container runs and has an address, so the controllers can serve it.</summary>
    public static ImmutableList<Finding> Of(ExplainedPod pod)
    {
        var name = NameIn(pod);
        var isSidecar = pod.IsSidecar(name);
        var called = $"{(isSidecar ? "sidecar" : "init container")} {name}";
        if (pod.Detail.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
            return [Problem("not-scheduled", $"No node runs the pod: {unscheduled.Message ?? unscheduled.Reason ?? "no reason given"}.", "See kubectl describe pod; the secret comes when its init container runs.")];

        var details = DetailsOf(pod);
        var state = details.FirstOrDefault(detail => detail.Name == name);
        switch (state?.State)
        {
            case { Running: not null }:
                return pod.Document.Status?.PodIp is { Length: > 0 }
                    ? []
                    : [Waiting("no-ip", "The pod has no IP address yet.", "Wait; if it stays so, look at the node's network plugin.")];
            case { Terminated: { ExitCode: 0 } stopped } when isSidecar:
                return
                [
                    Waiting(
                        "container-not-running", $"The {called} has ended with 0{(stopped.FinishedAt is { } at ? $" at {at:u}" : "")}: it was asked to stop, or it runs without MODE=sidecar.",
                        $"Its log says which: kubectl logs with -c {name} --previous. If it is not started again, the pod is ending."),
                ];
            case { Terminated: { } terminated }:
                return [OfEnd(name, called, terminated)];
            case { Waiting: { Reason: { } reason } waiting } when reason is not ("PodInitializing" or "ContainerCreating"):
                var how = waiting.Message is { Length: > 0 } message ? $"{reason}: {message}" : reason;
                return
                [
                    Problem("container-not-running", $"The {called} does not run ({how}).", $"See kubectl describe pod; {AfterThat(name, state)}"),
                    .. state.LastState?.Terminated is { ExitCode: not 0 } last ? [OfEnd(name, called, last)] : ImmutableList<Finding>.Empty,
                ];
        }

        return Before(pod, name, details) is { } other
            ? [other]
            : [Waiting("container-not-running", $"The {called} does not run yet ({state?.State?.Waiting?.Reason ?? "the node has not started it"}).", "Wait; see kubectl describe pod if it stays so.")];
    }

    /// <summary>That a sidecar that runs was started again because of its token.</summary>
    public static ImmutableList<Finding> OfEarlierEnd(ExplainedPod pod)
    {
        var name = NameIn(pod);
        return DetailsOf(pod).FirstOrDefault(detail => detail.Name == name) is { State.Running: not null, LastState.Terminated: { ExitCode: TokenLost or TokenEnding } last }
            ? [new Finding(FindingKind.Ok, Restarted, $"The sidecar {name} was started again: it ended with {last.ExitCode}{(last.FinishedAt is { } at ? $" at {at:u}" : "")}.", Why(last))]
            : [];
    }

    private static string NameIn(ExplainedPod pod) => PodEligibility.Annotation(pod.Document, PodEligibility.ContainerAnnotation)!;

    private static IReadOnlyList<InitContainerDetail> DetailsOf(ExplainedPod pod) => [.. pod.Detail.Status?.InitContainerStatuses ?? [], .. pod.Detail.Status?.ContainerStatuses ?? []];

    /// <summary>An earlier init container that has not ended; null: there is none.</summary>
    private static Finding? Before(ExplainedPod pod, string name, IReadOnlyList<InitContainerDetail> details)
    {
        var earlier = (pod.Document.Spec?.InitContainers ?? []).Select(container => container.Name).TakeWhile(other => other != name);
        return earlier.FirstOrDefault(other => details.Any(detail => detail.Name == other && detail.State is { } state && state.Terminated is not { ExitCode: 0 })) is { } waitedFor
            ? Waiting("container-not-running", $"The init container {name} does not run yet: {waitedFor} comes before it and has not ended.", $"See kubectl logs with -c {waitedFor}.")
            : null;
    }

    private static Finding OfEnd(string name, string called, TerminatedDetail end) => end.ExitCode == 0
        ? new Finding(FindingKind.Ok, "has-secret", $"The {called} has ended with 0{(end.FinishedAt is { } at ? $" at {at:u}" : "")}: the pod has its secret.", "")
        : Problem(
            "container-failed",
            $"The {called} has ended with {end.ExitCode}{(end.Reason is { Length: > 0 } and not "Error" ? $" ({end.Reason})" : "")}.",
            $"{Why(end)} Its log says more: kubectl logs with -c {name} (and --previous).");

    private static string Why(TerminatedDetail end) => end switch
    {
        { Reason: "OOMKilled" } => "Give it more memory.",
        { ExitCode: 1 } => "1: no secret came within TIMEOUT, or it could not listen on port 50000.",
        { ExitCode: 2 } => "2: its environment variables are wrong (VAULT_ROLE_ID is required).",
        { ExitCode: TokenLost } => "3: the sidecar's token was lost: it was revoked, its policies do not allow its renewal and look-up, or it expired while Vault failed. Started again, the sidecar gets another one.",
        { ExitCode: TokenEnding } => "4: the sidecar's token could not live on, and no other one came in time. Started again, the sidecar gets one. If this repeats, see docs/sidecar.md, Without a redelivery.",
        { ExitCode: 143 or 130 } => "It was asked to stop.",
        _ => "That is no exit code of ours: is it our image?",
    };

    private static string AfterThat(string name, InitContainerDetail state) => state.RestartCount > 0
        ? $"its log: kubectl logs with -c {name} --previous."
        : "the secret comes when it runs.";

    private static Finding Problem(string code, string sentence, string whatToDo) => new(FindingKind.Problem, code, sentence, whatToDo);

    private static Finding Waiting(string code, string sentence, string whatToDo) => new(FindingKind.Waiting, code, sentence, whatToDo);
}
