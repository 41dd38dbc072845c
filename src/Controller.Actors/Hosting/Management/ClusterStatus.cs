using System.Collections.Immutable;
using AkkaVault.Contracts;
using AkkaVault.Controller.Members;
using AkkaVault.Controller.Runs;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>The whole cluster at a glance, put together from what <c>/cluster/members</c>, <c>/pods</c> and the members' metrics say.</summary>
internal static class ClusterStatus
{
    /// <summary>The most pods of a document.</summary>
    public const int MaxPods = 200;

    /// <summary>The most deliveries of a document.</summary>
    public const int MaxDeliveries = ControllerStatus.MaxDelivered;

    // docs/metrics.md, kubernetesvault_ledger_bytes.
    private const long ConfigMapBytes = 1024 * 1024;
    private const string InKubernetes = "kubernetes";

    /// <summary>The document of one moment.</summary>
    /// <param name="members">The members, as the node that is asked sees them.</param>
    /// <param name="pods">The pods that wait; null: they could not be gathered.</param>
    /// <param name="statuses">What the members say.</param>
    /// <param name="problem">Why the node that is asked cannot do its part; null: it can.</param>
    /// <param name="now">Its clock.</param>
    public static ClusterStatusDocument Document(MembersDocument members, PodsDocument? pods, ControllerStatuses statuses, string? problem, DateTimeOffset now)
    {
        var answers = statuses.Answers.Values.ToList();
        var shown = pods?.Pods.Take(MaxPods).ToList() ?? [];
        var leader = answers.Find(answer => answer.Leader is not null && answer.Node == members.Oldest);
        return new ClusterStatusDocument(
            members.SelfNode, now.UtcDateTime, problem, members.Oldest, [.. members.Members.Select(member => MemberOf(member, members, statuses)).OrderBy(member => member.Node, StringComparer.Ordinal)],
            [.. shown.Select(PodOf)], (pods?.Omitted ?? 0) + (pods?.Pods.Count ?? 0) - shown.Count, DeliveriesOf(answers), FailuresOf(answers),
            leader is null ? null : WatchOf(leader), leader is null ? null : LedgerOf(leader),
            [.. statuses.Unanswered.Union(pods?.Unanswered ?? []).Order(StringComparer.Ordinal)]);
    }

    private static MemberStatusDocument MemberOf(MemberDocument member, MembersDocument members, ControllerStatuses statuses)
    {
        var reachable = members.Unreachable.All(other => other.Node != member.Node);
        var leads = member.Node == members.Oldest;
        return statuses.Answers.GetValueOrDefault(member.Node) is { } said
            ? new MemberStatusDocument(
                member.Node, member.Status, reachable, leads, said.Version, said.StartedAt.UtcDateTime, said.Problem, said.Shards, said.PodActors, VaultOf(said.Vault),
                [.. said.Certificates.Select(one => new CertificateDocument(one.Label, Known(one.LeftSeconds, one.LifetimeSeconds), Known(one.LifetimeSeconds, one.LifetimeSeconds)))])
            : new MemberStatusDocument(member.Node, member.Status, reachable, leads, null, null, null, null, null, null, []);
    }

    private static VaultDocument VaultOf(VaultStatus vault) => new(
        vault.CircuitOpen, vault.Requests.Count, Rounded(vault.Requests.Quantile(0.5)), Rounded(vault.Requests.Quantile(0.95)),
        Known(vault.TokenLeftSeconds, vault.TokenLifetimeSeconds), Known(vault.TokenLifetimeSeconds, vault.TokenLifetimeSeconds));

    private static WaitingPodDocument PodOf(PodRunDocument pod)
    {
        // Of a run that has its secret, or is over, the last problem keeps nobody waiting.
        var failed = pod.LastError is { Length: > 0 } && pod.State is not ("delivered" or "cancelled");
        var why = failed
            ? RunExplanation.OfError(pod.LastError!, pod.LastErrorCode ?? "", pod.Role, pod.Attempts, pod.Node, pod.IsRedelivery)
            : RunExplanation.OfProgress(pod.State, pod.Attempts, pod.Node, pod.IsRedelivery);
        return new WaitingPodDocument(pod.Namespace, pod.Pod, pod.Run, pod.Role, pod.State, pod.Attempts, pod.SeenAt, pod.AgeSeconds, pod.Node, why.Code, why.Sentence, why.WhatToDo, failed);
    }

    private static DeliveriesDocument DeliveriesOf(IReadOnlyCollection<ControllerStatus> answers)
    {
        var all = LatencyHistogram.Sum([.. answers.Select(answer => answer.Deliveries)]);
        return new DeliveriesDocument(
            all.Count, Rounded(all.Quantile(0.5)), Rounded(all.Quantile(0.95)),
            [.. answers.SelectMany(answer => answer.LastDelivered, (answer, run) => new DeliveryDocument(
                    run.Namespace, run.Pod, run.Run, run.Role, run.At.UtcDateTime, Math.Round(Math.Max(0, (run.At - run.SeenAt).TotalSeconds), 3), run.Attempts, answer.Node))
                .OrderByDescending(delivery => delivery.At).ThenBy(delivery => delivery.Run, StringComparer.Ordinal).Take(MaxDeliveries)]);
    }

    private static ImmutableList<FailureDocument> FailuresOf(IEnumerable<ControllerStatus> answers) =>
    [
        .. answers.SelectMany(answer => answer.Failures).GroupBy(failure => (failure.Of, failure.Reason))
            .Select(same => new FailureDocument(same.Key.Of, same.Key.Reason, same.Sum(failure => failure.Count)))
            .OrderByDescending(failure => failure.Count).ThenBy(failure => failure.Of, StringComparer.Ordinal).ThenBy(failure => failure.Reason, StringComparer.Ordinal),
    ];

    private static WatchDocument WatchOf(ControllerStatus leader) => new(leader.Node, leader.Leader!.Watching, leader.Leader.InterruptedAt?.UtcDateTime);

    private static LedgerDocument LedgerOf(ControllerStatus leader)
    {
        var ledger = leader.Leader!;
        var stored = ledger.Store == InKubernetes;
        return new LedgerDocument(
            leader.Node, ledger.Store, stored && ledger.Bytes > 0 ? ledger.Bytes : null, stored ? ConfigMapBytes : null, ledger.WrittenAt?.UtcDateTime,
            ledger.Pending, ledger.Delivered, ledger.Cancelled, ledger.NextDeliveryAt?.UtcDateTime);
    }

    // Without a lifetime there is no token or certificate that could have run out.
    private static double? Known(double seconds, double lifetime) => lifetime > 0 ? Math.Round(seconds) : null;

    private static double? Rounded(double? seconds) => seconds is { } known ? Math.Round(known, 4) : null;
}
