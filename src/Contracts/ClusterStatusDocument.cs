using System.Text.Json.Serialization;

namespace AkkaVault.Contracts;

/// <summary>The answer of <c>/status</c>, and each event of <c>/events</c>: the whole cluster at a glance.</summary>
/// <param name="SelfNode">The address of the node that answers.</param>
/// <param name="At">When it was put together, in UTC.</param>
/// <param name="Problem">Why the node that answers cannot do its part, as <c>/ready</c> says; null: it can.</param>
/// <param name="Oldest">The member that leads; null: nobody does.</param>
/// <param name="Members">All members.</param>
/// <param name="Pods">The runs that have no secret yet, those of <c>/pods</c>; the one that has waited longest first.</param>
/// <param name="Omitted">How many runs were left out because there are too many.</param>
/// <param name="Deliveries">What was delivered.</param>
/// <param name="Failures">What failed since the controllers started, the most frequent first.</param>
/// <param name="Watch">The leader's watch of pods; null: no leader has answered.</param>
/// <param name="Ledger">The leader's ledger; null: no leader has answered.</param>
/// <param name="Unanswered">The members that did not answer in time.</param>
public sealed record ClusterStatusDocument(
    string SelfNode, DateTime At, string? Problem, string? Oldest, [property: JsonRequired] IReadOnlyList<MemberStatusDocument> Members,
    [property: JsonRequired] IReadOnlyList<WaitingPodDocument> Pods, int Omitted, [property: JsonRequired] DeliveriesDocument Deliveries,
    [property: JsonRequired] IReadOnlyList<FailureDocument> Failures, WatchDocument? Watch, LedgerDocument? Ledger, [property: JsonRequired] IReadOnlyList<string> Unanswered);

/// <summary>A member, and what it says of itself; all that is null it has not said.</summary>
/// <param name="Node">Its address.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting or Down.</param>
/// <param name="Reachable">Whether the others reach it.</param>
/// <param name="Leads">Whether it leads.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="StartedAt">When it started, in UTC.</param>
/// <param name="Problem">Why it cannot do its part, as its <c>/ready</c> says; null: it can.</param>
/// <param name="Shards">How many shards it has.</param>
/// <param name="PodActors">How many pod actors it has.</param>
/// <param name="Vault">Vault, as this member sees it.</param>
/// <param name="Certificates">The certificates that it presents.</param>
public sealed record MemberStatusDocument(
    string Node, string Status, bool Reachable, bool Leads, string? Version, DateTime? StartedAt, string? Problem, int? Shards, int? PodActors,
    VaultDocument? Vault, [property: JsonRequired] IReadOnlyList<CertificateDocument> Certificates);

/// <summary>Vault, as a member sees it.</summary>
/// <param name="CircuitOpen">Whether Vault does not serve, so that requests wait.</param>
/// <param name="Requests">How many requests pods have caused since the member started.</param>
/// <param name="P50Seconds">How long half of them took at most; null: there was none.</param>
/// <param name="P95Seconds">How long 95 of 100 took at most.</param>
/// <param name="TokenLeftSeconds">Until the member's own token is dead unless renewed; null: it has none.</param>
/// <param name="TokenLifetimeSeconds">What that is measured by.</param>
public sealed record VaultDocument(bool CircuitOpen, long Requests, double? P50Seconds, double? P95Seconds, double? TokenLeftSeconds, double? TokenLifetimeSeconds);

/// <summary>A certificate that a member presents.</summary>
/// <param name="Certificate">metrics or remoting.</param>
/// <param name="LeftSeconds">Until it ends; null: there is none yet.</param>
/// <param name="LifetimeSeconds">From its begin to its end.</param>
public sealed record CertificateDocument(string Certificate, double? LeftSeconds, double? LifetimeSeconds);

/// <summary>A run that has no secret yet, with the reason.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Run">Which run of its init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="State">As in <c>/pods</c>.</param>
/// <param name="Attempts">How often a secret was asked for or pushed.</param>
/// <param name="SeenAt">When the run was first seen, in UTC.</param>
/// <param name="AgeSeconds">How long ago that is.</param>
/// <param name="Node">The member that works on it; null: none yet.</param>
/// <param name="Code">The code of the finding, as <c>akkavault explain pod</c> has it.</param>
/// <param name="Reason">Why it waits, in the words of <c>akkavault explain pod</c>.</param>
/// <param name="WhatToDo">What to do; empty: nothing.</param>
/// <param name="Failed">Whether the last attempt failed.</param>
public sealed record WaitingPodDocument(
    string Namespace, string Pod, string Run, string Role, string State, int Attempts, DateTime SeenAt, double AgeSeconds, string? Node, string Code, string Reason, string WhatToDo, bool Failed);

/// <summary>What was delivered.</summary>
/// <param name="Count">How many runs have got their secret since the controllers started.</param>
/// <param name="P50Seconds">How long half of them took at most, from the first sight of the run; null: there was none.</param>
/// <param name="P95Seconds">How long 95 of 100 took at most.</param>
/// <param name="Last">The last ones, the newest first.</param>
public sealed record DeliveriesDocument(long Count, double? P50Seconds, double? P95Seconds, [property: JsonRequired] IReadOnlyList<DeliveryDocument> Last);

/// <summary>A run that has its secret.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Run">Which run of its init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="At">When it got its secret, in UTC.</param>
/// <param name="Seconds">How long that took, from the first sight of the run.</param>
/// <param name="Attempts">How many attempts it took.</param>
/// <param name="Node">The member that served it.</param>
public sealed record DeliveryDocument(string Namespace, string Pod, string Run, string Role, DateTime At, double Seconds, int Attempts, string Node);

/// <summary>What failed, and how often.</summary>
/// <param name="Of">push, vault, watch, ledger or theft.</param>
/// <param name="Reason">As the label of the metric.</param>
/// <param name="Count">How often, since the controllers started.</param>
public sealed record FailureDocument(string Of, string Reason, long Count);

/// <summary>The leader's watch of pods.</summary>
/// <param name="Node">The leader.</param>
/// <param name="Watching">Whether pods were listed, or a watch was answered, since the leader began to lead.</param>
/// <param name="InterruptedAt">Since when the watch is interrupted, in UTC; null: it is not.</param>
public sealed record WatchDocument(string Node, bool Watching, DateTime? InterruptedAt);

/// <summary>The leader's ledger.</summary>
/// <param name="Node">The leader.</param>
/// <param name="Store">Where it is stored: sqlite, kubernetes or none.</param>
/// <param name="Bytes">Its size at the last write; null: not known, or not stored in Kubernetes.</param>
/// <param name="LimitBytes">What the ConfigMap holds; null: not stored in Kubernetes.</param>
/// <param name="WrittenAt">When it was last written, in UTC; null: not yet by this leader, or not stored in Kubernetes.</param>
/// <param name="Pending">How many runs are to get their secret.</param>
/// <param name="Delivered">How many have it, and still run.</param>
/// <param name="Cancelled">How many are over, with wrapping tokens still to be revoked.</param>
/// <param name="NextDeliveryAt">When a run that has its secret is to get another, in UTC: the next one; null: none is.</param>
public sealed record LedgerDocument(
    string Node, string Store, long? Bytes, long? LimitBytes, DateTime? WrittenAt, int Pending, int Delivered, int Cancelled, DateTime? NextDeliveryAt);
