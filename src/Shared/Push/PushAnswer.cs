using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaVault.Shared.Push;

/// <summary>
/// The body of the 200 to a push, of a sidecar whose token cannot live on: when it wants another secret for the same run. Others answer
/// without a body, and the original's controllers do not read it.
/// </summary>
/// <param name="NextDeliverySeconds">In how many seconds from the answer on; null: no other delivery is wanted.</param>
public sealed record PushAnswer(
    [property: JsonPropertyName("nextDeliverySeconds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? NextDeliverySeconds)
{
    /// <summary>The JSON of the answer, UTF-8.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, PushAnswerJson.Default.PushAnswer);
}

/// <summary>Source-generated JSON of <see cref="PushAnswer"/> (NativeAOT).</summary>
[JsonSerializable(typeof(PushAnswer))]
internal sealed partial class PushAnswerJson : JsonSerializerContext;
