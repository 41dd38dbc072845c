using System.Text.Json.Serialization;

namespace AkkaVault.Contracts;

/// <summary>The answer of <c>/status</c>, and each event of <c>/events</c>: the whole cluster at a glance.</summary>
/// <param name="SelfNode">The address of the member that answers.</param>
/// <param name="At">When the document was put together, in UTC.</param>
/// <param name="Problem">Why the member that answers is not ready, as its <c>/ready</c> says; null: it is ready.</param>
/// <param name="Oldest">The leader; null: there is none.</param>
/// <param name="Members">All members.</param>
/// <param name="Pods">The unfinished runs, as in <c>/pods</c>; the run that has waited longest first.</param>
/// <param name="Omitted">How many runs were left out because there are too many.</param>
/// <param name="Deliveries">The deliveries since the controllers started.</param>
/// <param name="Failures">The failures since the controllers started, the most frequent first.</param>
/// <param name="Watch">The leader's watch of pods; null: no leader has answered.</param>
/// <param name="Ledger">The leader's ledger; null: no leader has answered.</param>
/// <param name="Unanswered">The members that did not answer in time.</param>
public sealed record ClusterStatusDocument(
    string SelfNode, DateTime At, string? Problem, string? Oldest, [property: JsonRequired] IReadOnlyList<MemberStatusDocument> Members,
    [property: JsonRequired] IReadOnlyList<WaitingPodDocument> Pods, int Omitted, [property: JsonRequired] DeliveriesDocument Deliveries,
    [property: JsonRequired] IReadOnlyList<FailureDocument> Failures, WatchDocument? Watch, LedgerDocument? Ledger, [property: JsonRequired] IReadOnlyList<string> Unanswered);

/// <summary>A member, and what it says of itself. If it has not answered, the values from <paramref name="Version"/> on are null or empty.</summary>
/// <param name="Node">The address of the member.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting or Down.</param>
/// <param name="Reachable">Whether the other members reach this member.</param>
/// <param name="Leads">Whether the member is the leader.</param>
/// <param name="Version">The version of the member's program.</param>
/// <param name="StartedAt">When the member started, in UTC.</param>
/// <param name="Problem">Why the member is not ready, as its <c>/ready</c> says; null: it is ready, or has not answered.</param>
/// <param name="Shards">How many shards the member has.</param>
/// <param name="PodActors">How many pod actors the member has.</param>
/// <param name="Vault">Vault, as this member sees it.</param>
/// <param name="Certificates">The certificates that the member presents.</param>
public sealed record MemberStatusDocument(
    string Node, string Status, bool Reachable, bool Leads, string? Version, DateTime? StartedAt, string? Problem, int? Shards, int? PodActors,
    VaultDocument? Vault, [property: JsonRequired] IReadOnlyList<CertificateDocument> Certificates);

/// <summary>Vault, as a member sees it.</summary>
/// <param name="CircuitOpen">Whether Vault does not serve, so that requests wait.</param>
/// <param name="Requests">How many requests the member has sent for pods since it started.</param>
/// <param name="P50Seconds">How long half of the requests took at most; null: there was no request.</param>
/// <param name="P95Seconds">How long 95 of 100 requests took at most; null: there was no request.</param>
/// <param name="TokenLeftSeconds">How long the controller's token still lives unless it is renewed; null: the member has no token.</param>
/// <param name="TokenLifetimeSeconds">The whole life of the controller's token: its lifetime at creation or, after a login, the lifetime that Vault granted last; null: the member has no token.</param>
public sealed record VaultDocument(bool CircuitOpen, long Requests, double? P50Seconds, double? P95Seconds, double? TokenLeftSeconds, double? TokenLifetimeSeconds);

/// <summary>A certificate that a member presents.</summary>
/// <param name="Certificate">metrics or remoting.</param>
/// <param name="LeftSeconds">The time until the certificate ends; null: there is no certificate yet.</param>
/// <param name="LifetimeSeconds">The time from the certificate's beginning to its end; null: there is no certificate yet.</param>
public sealed record CertificateDocument(string Certificate, double? LeftSeconds, double? LifetimeSeconds);

/// <summary>An unfinished run, and why it is not finished.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Run">The run of the init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="State">The state, as in <c>/pods</c>.</param>
/// <param name="Attempts">How often the delivery has begun on the member <paramref name="Node"/>: once, and again after each pause.</param>
/// <param name="SeenAt">When a leader first saw the run, or when its redelivery was due, in UTC.</param>
/// <param name="AgeSeconds">The seconds since <paramref name="SeenAt"/>.</param>
/// <param name="Node">The member that works on the run; null: none yet.</param>
/// <param name="Code">The code of the finding, as <c>akkavault explain pod</c> has it.</param>
/// <param name="Reason">Why the run waits, in the words of <c>akkavault explain pod</c>.</param>
/// <param name="WhatToDo">What an operator should do; empty: nothing.</param>
/// <param name="Failed">Whether the last attempt failed.</param>
public sealed record WaitingPodDocument(
    string Namespace, string Pod, string Run, string Role, string State, int Attempts, DateTime SeenAt, double AgeSeconds, string? Node, string Code, string Reason, string WhatToDo, bool Failed);

/// <summary>The deliveries since the controllers started.</summary>
/// <param name="Count">How many deliveries there were.</param>
/// <param name="P50Seconds">How long half of the deliveries took at most, as <see cref="DeliveryDocument.Seconds"/> measures it; null: there was no delivery.</param>
/// <param name="P95Seconds">How long 95 of 100 deliveries took at most; null: there was no delivery.</param>
/// <param name="Last">The last deliveries, the newest first.</param>
public sealed record DeliveriesDocument(long Count, double? P50Seconds, double? P95Seconds, [property: JsonRequired] IReadOnlyList<DeliveryDocument> Last);

/// <summary>A run that has its secret.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Run">The run of the init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="At">When the run got its secret, in UTC.</param>
/// <param name="Seconds">How long the delivery took, from the first sight of the run, or from when its redelivery was due.</param>
/// <param name="Attempts">How many attempts the delivery took.</param>
/// <param name="Node">The member that served the run.</param>
public sealed record DeliveryDocument(string Namespace, string Pod, string Run, string Role, DateTime At, double Seconds, int Attempts, string Node);

/// <summary>What failed, and how often.</summary>
/// <param name="Of">What failed: push, vault, watch, ledger or theft.</param>
/// <param name="Reason">Why it failed, as the label of the metric says; for theft: wrapping-tokens-found-used.</param>
/// <param name="Count">How often it failed since the controllers started.</param>
public sealed record FailureDocument(string Of, string Reason, long Count);

/// <summary>The leader's watch of pods.</summary>
/// <param name="Node">The leader.</param>
/// <param name="Watching">Whether pods were listed, or a watch was answered, since the leader began to lead.</param>
/// <param name="InterruptedAt">Since when the watch is interrupted, in UTC; null: it is not.</param>
public sealed record WatchDocument(string Node, bool Watching, DateTime? InterruptedAt);

/// <summary>The leader's ledger.</summary>
/// <param name="Node">The leader.</param>
/// <param name="Store">Where the ledger is stored: sqlite, kubernetes or none.</param>
/// <param name="Bytes">The size of the ledger at its last write; null: the size is not known, or the ledger is not stored in Kubernetes.</param>
/// <param name="LimitBytes">How many bytes a ConfigMap can hold; null: the ledger is not stored in Kubernetes.</param>
/// <param name="WrittenAt">When this leader last wrote the ledger, in UTC; null: it has not yet, or the ledger is not stored in Kubernetes.</param>
/// <param name="Pending">How many runs are to get their secret.</param>
/// <param name="Delivered">How many runs have their secret, and are not over.</param>
/// <param name="Cancelled">How many runs are over, with wrapping tokens still to be revoked.</param>
/// <param name="NextDeliveryAt">When the next redelivery is due, in UTC; null: none is.</param>
public sealed record LedgerDocument(
    string Node, string Store, long? Bytes, long? LimitBytes, DateTime? WrittenAt, int Pending, int Delivered, int Cancelled, DateTime? NextDeliveryAt);
