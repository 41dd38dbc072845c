using System.Text.Json.Serialization;

namespace AkkaVault.Contracts;

/// <summary>The answer of <c>/cluster/members</c>, as cluster-http's.</summary>
/// <param name="SelfNode">The address of the node that answers.</param>
/// <param name="Leader">Akka's leader, which changes the status of members.</param>
/// <param name="Oldest">The oldest member, which runs the singletons, the watcher among them: the one that our documentation calls the leader.</param>
/// <param name="OldestPerRole">The oldest member with each role.</param>
/// <param name="Unreachable">The members that others cannot reach.</param>
/// <param name="Members">All members.</param>
public sealed record MembersDocument(
    string SelfNode, string? Leader, string? Oldest, IReadOnlyDictionary<string, string> OldestPerRole,
    [property: JsonRequired] IReadOnlyList<UnreachableDocument> Unreachable, [property: JsonRequired] IReadOnlyList<MemberDocument> Members);

/// <summary>A member.</summary>
/// <param name="Node">Its address.</param>
/// <param name="NodeUid">Tells it from an earlier member at that address.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting or Down.</param>
/// <param name="Roles">Its roles.</param>
public sealed record MemberDocument(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles);

/// <summary>A member that others cannot reach.</summary>
/// <param name="Node">Its address.</param>
/// <param name="ObservedBy">The members that cannot reach it; Akka.NET does not say which, so a controller names none.</param>
public sealed record UnreachableDocument(string Node, IReadOnlyList<string> ObservedBy);

/// <summary>What was done, or why not, as cluster-http's.</summary>
/// <param name="Message">A sentence.</param>
public sealed record MessageDocument([property: JsonRequired] string Message);

/// <summary>The answer of <c>/cluster/shard-types</c>, as cluster-http's.</summary>
/// <param name="EntityTypeKeys">The types.</param>
public sealed record ShardTypesDocument([property: JsonRequired] IReadOnlyList<string> EntityTypeKeys);

/// <summary>The answer of <c>/cluster/shards/{type}</c>, as cluster-http's: the shards of the node that answers.</summary>
/// <param name="Regions">The shards.</param>
public sealed record ShardsDocument([property: JsonRequired] IReadOnlyList<ShardDocument> Regions);

/// <summary>A shard.</summary>
/// <param name="ShardId">Its id.</param>
/// <param name="NumEntities">How many entities are in it.</param>
public sealed record ShardDocument(string ShardId, int NumEntities);

/// <summary>The answer of <c>/pods</c>: the runs of the whole cluster that have no secret yet.</summary>
/// <param name="SelfNode">The address of the node that answers.</param>
/// <param name="Pods">The runs.</param>
/// <param name="Omitted">How many runs were left out because there are too many.</param>
/// <param name="Unanswered">The members that did not answer in time.</param>
public sealed record PodsDocument(string SelfNode, [property: JsonRequired] IReadOnlyList<PodRunDocument> Pods, int Omitted, [property: JsonRequired] IReadOnlyList<string> Unanswered);

/// <summary>A run that has no secret yet.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Run">Which run of its init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="State">pending, issuing, pushing, waiting, delivered or cancelled.</param>
/// <param name="Attempts">How often a secret was asked for or pushed.</param>
/// <param name="LastError">Why the last attempt failed, for people; null: none failed.</param>
/// <param name="LastErrorCode">The code of the last error, for programs; null: there is none, or the controller is of an earlier version.</param>
/// <param name="SeenAt">When the run was first seen, in UTC.</param>
/// <param name="AgeSeconds">How long ago that is.</param>
/// <param name="Node">The member that works on it; null: none yet.</param>
public sealed record PodRunDocument(
    string Namespace, string Pod, string Uid, string Run, string Role, string State, int Attempts, string? LastError, string? LastErrorCode, DateTime SeenAt, double AgeSeconds, string? Node);

/// <summary>The answer of <c>/pods/{namespace}/{name}</c>.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Runs">The runs of its init container that the controllers know of, the newest first.</param>
/// <param name="Omitted">How many runs were left out because there are too many.</param>
/// <param name="Unanswered">The members that did not answer in time.</param>
public sealed record PodDocument(string Namespace, string Pod, [property: JsonRequired] IReadOnlyList<RunDocument> Runs, int Omitted, [property: JsonRequired] IReadOnlyList<string> Unanswered);

/// <summary>A run that the controllers know of.</summary>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Run">Which run of its init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="State">pending, issuing, pushing, waiting, delivered, cancelled or ended.</param>
/// <param name="Attempts">How often a secret was asked for or pushed.</param>
/// <param name="LastError">Why the last attempt failed, for people; null: none failed.</param>
/// <param name="LastErrorCode">The code of the last error, for programs; null: there is none, or the controller is of an earlier version.</param>
/// <param name="SeenAt">When the run was first seen, in UTC.</param>
/// <param name="EndedAt">When it ended, in UTC; null: it has not.</param>
/// <param name="Outcome">delivered or cancelled; null: it has not ended.</param>
/// <param name="Node">The member that works or worked on it; null: not known.</param>
public sealed record RunDocument(
    string Uid, string Run, string Role, string State, int Attempts, string? LastError, string? LastErrorCode, DateTime SeenAt, DateTime? EndedAt, string? Outcome, string? Node);
