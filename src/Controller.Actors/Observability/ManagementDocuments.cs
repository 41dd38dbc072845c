using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Observability;

/// <summary>The answer of <c>/bootstrap/seed-nodes</c>, as Akka.Management's.</summary>
internal sealed record SeedNodesDocument(string SelfNode, IReadOnlyList<SeedNodeDocument> SeedNodes);

/// <summary>A member that can be joined.</summary>
internal sealed record SeedNodeDocument(string Node, long NodeUid, string Status, IReadOnlyList<string> Roles);

/// <summary>The answer of <c>/cluster/members</c>, as cluster-http's.</summary>
internal sealed record MembersDocument(
    string SelfNode, string? Leader, string? Oldest, IReadOnlyDictionary<string, string> OldestPerRole,
    IReadOnlyList<UnreachableDocument> Unreachable, IReadOnlyList<MemberDocument> Members);

/// <summary>A member.</summary>
internal sealed record MemberDocument(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles);

/// <summary>A member that some others cannot reach.</summary>
internal sealed record UnreachableDocument(string Node, IReadOnlyList<string> ObservedBy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SeedNodesDocument))]
[JsonSerializable(typeof(MembersDocument))]
internal sealed partial class ManagementJson : JsonSerializerContext;
