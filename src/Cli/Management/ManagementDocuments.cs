using System.Text.Json.Serialization;

namespace AkkaVault.Cli.Management;

/// <summary>The answer of <c>/cluster/members</c>.</summary>
/// <param name="SelfNode">Who answers.</param>
/// <param name="Leader">Akka's leader: it moves members along.</param>
/// <param name="Oldest">Who runs the singletons, the watcher among them: this one leads, in the words of our documentation.</param>
/// <param name="Unreachable">Members that some others cannot reach.</param>
/// <param name="Members">All members.</param>
public sealed record MembersDocument(
    string SelfNode, string? Leader, string? Oldest, [property: JsonRequired] IReadOnlyList<UnreachableDocument> Unreachable, [property: JsonRequired] IReadOnlyList<MemberDocument> Members);

/// <summary>A member.</summary>
/// <param name="Node">Its address.</param>
/// <param name="NodeUid">Tells it from an earlier one at that address.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting or Down.</param>
/// <param name="Roles">Its roles.</param>
public sealed record MemberDocument(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles);

/// <summary>A member that some others cannot reach.</summary>
/// <param name="Node">Its address.</param>
/// <param name="ObservedBy">Who cannot.</param>
public sealed record UnreachableDocument(string Node, IReadOnlyList<string> ObservedBy);

/// <summary>The answer to leave and down.</summary>
/// <param name="Message">What was done.</param>
public sealed record MessageDocument([property: JsonRequired] string Message);

/// <summary>The answer of <c>/cluster/shard-types</c>.</summary>
/// <param name="EntityTypeKeys">The types.</param>
public sealed record ShardTypesDocument([property: JsonRequired] IReadOnlyList<string> EntityTypeKeys);

/// <summary>The answer of <c>/cluster/shards/{type}</c>: the shards of the node that answers.</summary>
/// <param name="Regions">The shards.</param>
public sealed record ShardsDocument([property: JsonRequired] IReadOnlyList<ShardDocument> Regions);

/// <summary>A shard.</summary>
/// <param name="ShardId">Its id.</param>
/// <param name="NumEntities">How many entities are in it.</param>
public sealed record ShardDocument(string ShardId, int NumEntities);

/// <summary>The answer of <c>/pods</c>: the runs in hand in the whole cluster.</summary>
/// <param name="SelfNode">Who answers.</param>
/// <param name="Pods">The runs.</param>
/// <param name="Unanswered">Members that were asked and did not answer in time.</param>
/// <param name="Omitted">How many runs were left out because there are too many; null: none.</param>
public sealed record PodsDocument(string SelfNode, [property: JsonRequired] IReadOnlyList<PodRunDocument> Pods, [property: JsonRequired] IReadOnlyList<string> Unanswered, int? Omitted);

/// <summary>A run in hand.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">Its name.</param>
/// <param name="Uid">Its uid.</param>
/// <param name="Run">Which run of its init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="State">pending, issuing, pushing, waiting, delivered or cancelled.</param>
/// <param name="Attempts">How often a secret was asked for or pushed.</param>
/// <param name="LastError">Why the last attempt failed, for people; null: none did.</param>
/// <param name="LastErrorCode">The code of the last error, by which programs decide; null: there was none, or a controller of an earlier version answers.</param>
/// <param name="SeenAt">When the run was first seen.</param>
/// <param name="AgeSeconds">How long ago that is.</param>
/// <param name="Node">Who works at it; null: nobody yet.</param>
public sealed record PodRunDocument(
    string Namespace, string Pod, string Uid, string Run, string Role, string State, int Attempts, string? LastError, string? LastErrorCode, DateTimeOffset SeenAt, double AgeSeconds, string? Node);

/// <summary>The answer of <c>/pods/{namespace}/{name}</c>.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">Its name.</param>
/// <param name="Runs">The runs of its init container that the controllers know of, the newest first.</param>
/// <param name="Unanswered">Members that were asked and did not answer in time.</param>
public sealed record PodHistoryDocument(string Namespace, string Pod, [property: JsonRequired] IReadOnlyList<RunDocument> Runs, [property: JsonRequired] IReadOnlyList<string> Unanswered);

/// <summary>A run that the controllers know of.</summary>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Run">Which run of its init container.</param>
/// <param name="Role">The AppRole.</param>
/// <param name="State">pending, issuing, pushing, waiting, delivered, cancelled or ended.</param>
/// <param name="Attempts">How often a secret was asked for or pushed.</param>
/// <param name="LastError">Why the last attempt failed, for people; null: none did.</param>
/// <param name="LastErrorCode">The code of the last error, by which programs decide; null: there was none, or a controller of an earlier version answers.</param>
/// <param name="SeenAt">When the run was first seen.</param>
/// <param name="EndedAt">When it ended; null: it is in hand.</param>
/// <param name="Outcome">delivered or cancelled; null: neither yet.</param>
/// <param name="Node">Who works or worked at it; null: not known.</param>
public sealed record RunDocument(
    string Uid, string Run, string Role, string State, int Attempts, string? LastError, string? LastErrorCode, DateTimeOffset? SeenAt, DateTimeOffset? EndedAt, string? Outcome, string? Node);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MembersDocument))]
[JsonSerializable(typeof(MessageDocument))]
[JsonSerializable(typeof(ShardTypesDocument))]
[JsonSerializable(typeof(ShardsDocument))]
[JsonSerializable(typeof(PodsDocument))]
[JsonSerializable(typeof(PodHistoryDocument))]
internal sealed partial class ManagementJson : JsonSerializerContext;
