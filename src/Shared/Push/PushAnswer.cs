using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaVault.Shared.Push;

/// <summary>
/// The body of a 200 to a push, from a sidecar whose token cannot live on. It says when the sidecar wants a redelivery. Other init
/// containers answer without a body. The original's controllers do not read the body.
/// </summary>
/// <param name="NextDeliverySeconds">In how many seconds from the answer on the sidecar wants a redelivery; null: it wants none.</param>
public sealed record PushAnswer(
    [property: JsonPropertyName("nextDeliverySeconds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? NextDeliverySeconds)
{
    /// <summary>The JSON of the answer, UTF-8.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, PushAnswerJson.Default.PushAnswer);
}

/// <summary>Source-generated JSON of <see cref="PushAnswer"/> (NativeAOT).</summary>
[JsonSerializable(typeof(PushAnswer))]
internal sealed partial class PushAnswerJson : JsonSerializerContext;
