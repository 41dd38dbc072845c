using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Watching;

/// <summary>
/// Reads a pod. Most pods of a cluster do not carry the annotations: of these it reads the metadata, and skips the rest.
/// API servers write the metadata first; where they come later, the rest is read, too.
/// </summary>
internal sealed class PodObjectConverter : JsonConverter<PodObject>
{
    public override PodObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException($"expected a pod, got {reader.TokenType}");
        PodObject? pod = null;
        PodSpecification? spec = null;
        PodStatus? status = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8)) pod = new PodObject(Of(ref reader, PodJson.Default.PodMetadata) ?? throw new JsonException("the pod's metadata is null"), null, null);
            else if (pod is not null && !PodEligibility.IsAnnotated(pod)) Skip(ref reader);
            else if (reader.ValueTextEquals("spec"u8)) spec = Of(ref reader, PodJson.Default.PodSpecification);
            else if (reader.ValueTextEquals("status"u8)) status = Of(ref reader, PodJson.Default.PodStatus);
            else Skip(ref reader);
        }

        return pod is null ? throw new JsonException("the pod has no metadata") : pod with { Spec = spec, Status = status };
    }

    public override void Write(Utf8JsonWriter writer, PodObject value, JsonSerializerOptions options) => throw new NotSupportedException("a pod is only read");

    // Not Skip, which refuses a list that is read in parts, although the serializer passes on no part of a pod.
    private static void Skip(ref Utf8JsonReader reader)
    {
        if (!reader.TrySkip()) throw new JsonException("the pod ends early");
    }

    private static T? Of<T>(ref Utf8JsonReader reader, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => reader.Read() ? JsonSerializer.Deserialize(ref reader, type) : throw new JsonException("the pod ends early");
}
