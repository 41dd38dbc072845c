using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaVault.Contracts;

/// <summary>The JSON of the management port's documents. The default instance reads documents strictly; <see cref="Answers"/> writes them.</summary>
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
    /// <summary>Writes answers. Answers are not HTML, and the page shows their texts as text, so quotes are not escaped.</summary>
    public static ManagementJson Answers { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
