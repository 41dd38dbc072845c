using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>The answer of <c>/cluster/members</c>, as cluster-http's.</summary>
internal sealed record MembersDocument(
    string SelfNode, string? Leader, string? Oldest, IReadOnlyDictionary<string, string> OldestPerRole,
    IReadOnlyList<UnreachableDocument> Unreachable, IReadOnlyList<MemberDocument> Members);

/// <summary>A member.</summary>
internal sealed record MemberDocument(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles);

/// <summary>A member that some others cannot reach. Akka.NET does not say who.</summary>
internal sealed record UnreachableDocument(string Node, IReadOnlyList<string> ObservedBy);

/// <summary>The answer of <c>/cluster/shard-types</c>, as cluster-http's.</summary>
internal sealed record ShardTypesDocument(IReadOnlyList<string> EntityTypeKeys);

/// <summary>The answer of <c>/cluster/shards/{type}</c>, as cluster-http's.</summary>
internal sealed record ShardsDocument(IReadOnlyList<ShardDocument> Regions);

/// <summary>A shard of this node.</summary>
internal sealed record ShardDocument(string ShardId, int NumEntities);

/// <summary>What was done, or why not, as cluster-http's.</summary>
internal sealed record MessageDocument(string Message);

/// <summary>The answer of <c>/pods</c>.</summary>
internal sealed record PodsDocument(string SelfNode, IReadOnlyList<PodRunDocument> Pods, int Omitted, IReadOnlyList<string> Unanswered);

/// <summary>A run in hand.</summary>
internal sealed record PodRunDocument(
    string Namespace, string Pod, string Uid, string Run, string Role, string State, int Attempts, string? LastError, string? LastErrorCode, DateTime SeenAt, double AgeSeconds, string? Node);

/// <summary>The answer of <c>/pods/{namespace}/{name}</c>.</summary>
internal sealed record PodDocument(string Namespace, string Pod, IReadOnlyList<RunDocument> Runs, int Omitted, IReadOnlyList<string> Unanswered);

/// <summary>A run of that pod.</summary>
internal sealed record RunDocument(
    string Uid, string Run, string Role, string State, int Attempts, string? LastError, string? LastErrorCode, DateTime SeenAt, DateTime? EndedAt, string? Outcome, string? Node);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MembersDocument))]
[JsonSerializable(typeof(MemberDocument))]
[JsonSerializable(typeof(ShardTypesDocument))]
[JsonSerializable(typeof(ShardsDocument))]
[JsonSerializable(typeof(MessageDocument))]
[JsonSerializable(typeof(PodsDocument))]
[JsonSerializable(typeof(PodDocument))]
internal sealed partial class ManagementJson : JsonSerializerContext
{
    /// <summary>For answers: no page ever holds them, so that quotes in them can stay readable.</summary>
    public static readonly ManagementJson Answers = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
