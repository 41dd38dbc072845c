using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Writes JSON and times as Vault does.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonArray List(IEnumerable<string> values) =>
        new(values.Select(value => (JsonNode?)JsonValue.Create(value)).ToArray());

    public static JsonObject? Map(IReadOnlyDictionary<string, string>? values) => values is null
        ? null
        : new JsonObject(values.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));

    /// <summary>A time in RFC 3339, with as many fractional digits as needed, as Go prints it.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static long Seconds(TimeSpan span) => (long)span.TotalSeconds;

    /// <summary>The remaining time in whole seconds, rounded up, as a token lookup prints a <c>ttl</c> just after the creation.</summary>
    public static long SecondsLeft(TimeSpan span) => span <= TimeSpan.Zero ? 0 : (long)Math.Ceiling(span.TotalSeconds);

    /// <summary>The body of an answer, in Vault's envelope unless the answer has no envelope.</summary>
    public static ReadOnlyMemory<byte> Body(VaultAnswer answer)
    {
        if (answer.Raw is not null) return answer.Raw;
        if (answer.Status == 204) return default;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            if (answer.Plain is not null) answer.Plain.WriteTo(writer);
            else WriteEnvelope(writer, answer);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteEnvelope(Utf8JsonWriter writer, VaultAnswer answer)
    {
        writer.WriteStartObject();
        // A wrapped answer does not show the id of the wrapped request.
        writer.WriteString("request_id", answer.WrapInfo is null ? Guid.NewGuid().ToString() : "");
        writer.WriteString("lease_id", answer.LeaseId);
        writer.WriteBoolean("renewable", answer.Renewable);
        writer.WriteNumber("lease_duration", Seconds(answer.LeaseDuration));
        WriteNode(writer, "data", answer.Data);
        WriteNode(writer, "wrap_info", answer.WrapInfo);
        WriteNode(writer, "warnings", answer.Warnings.Count == 0 ? null : List(answer.Warnings));
        WriteNode(writer, "auth", answer.Auth);
        foreach (var (name, value) in answer.IsDataRepeated ? answer.Data! : []) WriteNode(writer, name, value);
        writer.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter writer, string name, JsonNode? node)
    {
        writer.WritePropertyName(name);
        if (node is null) writer.WriteNullValue();
        else node.WriteTo(writer);
    }
}
