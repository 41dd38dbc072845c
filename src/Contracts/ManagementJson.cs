using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaVault.Contracts;

/// <summary>The management port's documents as JSON: the default reads them strictly, <see cref="Answers"/> writes them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MembersDocument))]
[JsonSerializable(typeof(MemberDocument))]
[JsonSerializable(typeof(ShardTypesDocument))]
[JsonSerializable(typeof(ShardsDocument))]
[JsonSerializable(typeof(MessageDocument))]
[JsonSerializable(typeof(PodsDocument))]
[JsonSerializable(typeof(PodDocument))]
[JsonSerializable(typeof(ClusterStatusDocument))]
public sealed partial class ManagementJson : JsonSerializerContext
{
    /// <summary>For answers. They are no HTML, and the page shows what is in them as text, so quotes need no escape.</summary>
    public static ManagementJson Answers { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
