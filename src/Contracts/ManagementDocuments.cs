using System.Text.Json.Serialization;

namespace AkkaVault.Contracts;

/// <summary>The answer of <c>/cluster/members</c>, in the form of Akka.Management's cluster-http.</summary>
/// <param name="SelfNode">The address of the member that answers.</param>
/// <param name="Leader">Akka's leader, which changes the status of members.</param>
/// <param name="Oldest">The oldest member. It runs the singletons, among them the watcher; our documentation calls this member the leader.</param>
/// <param name="OldestPerRole">The oldest member with each role.</param>
/// <param name="Unreachable">The members that others cannot reach.</param>
/// <param name="Members">All members.</param>
public sealed record MembersDocument(
    string SelfNode, string? Leader, string? Oldest, IReadOnlyDictionary<string, string> OldestPerRole,
    [property: JsonRequired] IReadOnlyList<UnreachableDocument> Unreachable, [property: JsonRequired] IReadOnlyList<MemberDocument> Members);

/// <summary>A member.</summary>
/// <param name="Node">The address of the member.</param>
/// <param name="NodeUid">Distinguishes the member from an earlier one at the same address.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting or Down.</param>
/// <param name="Roles">The member's roles.</param>
public sealed record MemberDocument(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles);

/// <summary>A member that others cannot reach.</summary>
/// <param name="Node">The address of the member.</param>
/// <param name="ObservedBy">The members that cannot reach it. A controller leaves this list empty, because Akka.NET does not say which members they are.</param>
public sealed record UnreachableDocument(string Node, IReadOnlyList<string> ObservedBy);

/// <summary>What was done, or why it was not, in the form of Akka.Management's cluster-http.</summary>
/// <param name="Message">A sentence.</param>
public sealed record MessageDocument([property: JsonRequired] string Message);

/// <summary>The answer of <c>/cluster/shard-types</c>, in the form of Akka.Management's cluster-http.</summary>
/// <param name="EntityTypeKeys">The types of sharded entities.</param>
public sealed record ShardTypesDocument([property: JsonRequired] IReadOnlyList<string> EntityTypeKeys);

/// <summary>The answer of <c>/cluster/shards/{type}</c>, in the form of Akka.Management's cluster-http: the shards of the member that answers.</summary>
/// <param name="Regions">The shards.</param>
public sealed record ShardsDocument([property: JsonRequired] IReadOnlyList<ShardDocument> Regions);

/// <summary>A shard.</summary>
/// <param name="ShardId">The id of the shard.</param>
/// <param name="NumEntities">How many entities the shard has.</param>
public sealed record ShardDocument(string ShardId, int NumEntities);

/// <summary>The answer of <c>/pods</c>: the unfinished runs of the whole cluster, which have no secret yet or have wrapping tokens to be revoked.</summary>
/// <param name="SelfNode">The address of the member that answers.</param>
/// <param name="Pods">The runs.</param>
/// <param name="Omitted">How many runs were left out because there are too many.</param>
/// <param name="Unanswered">The members that did not answer in time.</param>
public sealed record PodsDocument(string SelfNode, [property: JsonRequired] IReadOnlyList<PodRunDocument> Pods, int Omitted, [property: JsonRequired] IReadOnlyList<string> Unanswered);

/// <summary>An unfinished run.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Run">The run of the init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="State">pending, issuing, pushing, waiting, delivered or cancelled.</param>
/// <param name="Attempts">How often the delivery has begun on the member <paramref name="Node"/>: once, and again after each pause.</param>
/// <param name="LastError">The last problem, for people; null: there is none.</param>
/// <param name="LastErrorCode">The code of the last problem, for programs; null: there is none, or the member has an earlier version.</param>
/// <param name="SeenAt">When a leader first saw the run, or when its redelivery was due, in UTC.</param>
/// <param name="AgeSeconds">The seconds since <paramref name="SeenAt"/>.</param>
/// <param name="Node">The member that works on the run; null: none yet.</param>
/// <param name="IsRedelivery">Whether the run is a sidecar that has a secret, and asked for another one.</param>
public sealed record PodRunDocument(
    string Namespace, string Pod, string Uid, string Run, string Role, string State, int Attempts, string? LastError, string? LastErrorCode, DateTime SeenAt, double AgeSeconds, string? Node,
    bool IsRedelivery = false);

/// <summary>The answer of <c>/pods/{namespace}/{name}</c>.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Runs">The runs of its init container that the controllers know of, the newest first.</param>
/// <param name="Omitted">How many runs were left out because there are too many.</param>
/// <param name="Unanswered">The members that did not answer in time.</param>
public sealed record PodDocument(string Namespace, string Pod, [property: JsonRequired] IReadOnlyList<RunDocument> Runs, int Omitted, [property: JsonRequired] IReadOnlyList<string> Unanswered);

/// <summary>A run that the controllers know of.</summary>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Run">The run of the init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="State">pending, issuing, pushing, waiting, delivered, cancelled or ended.</param>
/// <param name="Attempts">How often the delivery has begun on the member <paramref name="Node"/>: once, and again after each pause.</param>
/// <param name="LastError">The last problem, for people; null: there is none.</param>
/// <param name="LastErrorCode">The code of the last problem, for programs; null: there is none, or the member has an earlier version.</param>
/// <param name="SeenAt">When a leader first saw the run, or when its redelivery was due, in UTC; the year 1: not known.</param>
/// <param name="EndedAt">When the run got its secret or was cancelled, in UTC; null: neither has happened, or the time is not known.</param>
/// <param name="Outcome">delivered or cancelled; null: neither has happened.</param>
/// <param name="Node">The member that works or worked on the run; null: unknown.</param>
/// <param name="IsRedelivery">Whether the run is a sidecar, and this is not its first delivery.</param>
/// <param name="NextDeliveryAt">When the run is to get another secret, in UTC; null: it asked for no other, or has no secret yet.</param>
/// <param name="IsOverdue">Whether another secret was due more than a minute ago, and is not delivered.</param>
public sealed record RunDocument(
    string Uid, string Run, string Role, string State, int Attempts, string? LastError, string? LastErrorCode, DateTime SeenAt, DateTime? EndedAt, string? Outcome, string? Node,
    bool IsRedelivery = false, DateTime? NextDeliveryAt = null, bool IsOverdue = false);
