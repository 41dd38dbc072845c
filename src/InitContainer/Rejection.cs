using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Shared.Push;

namespace AkkaVault.InitContainer;

/// <summary>Why a push was rejected. It contains no secret.</summary>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Reason">One of <see cref="PushRejection"/>.</param>
/// <param name="Detail">For people.</param>
internal sealed record Rejection(
    [property: JsonIgnore] int Status,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("detail")] string Detail)
{
    /// <summary>In how many seconds another push is wanted, as in <see cref="PushAnswer"/>; null: none is.</summary>
    [JsonPropertyName("nextDeliverySeconds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? NextDeliverySeconds { get; private init; }

    /// <summary>The answer's body.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, RejectionJson.Default.Rejection);

    public static Rejection Undecodable() => new(
        400, PushRejection.UndecodablePush,
        "the body is not JSON of the form {\"token\",\"creationTime\",\"ttl\",\"vaultAddr\",\"vaultCAs\"}");

    public static Rejection Invalid(string detail) => new(400, PushRejection.InvalidPush, detail);

    public static Rejection VaultNotExpected(string detail) => new(403, PushRejection.VaultNotExpected, detail);

    public static Rejection Expired(string detail) => new(400, PushRejection.ExpiredToken, detail);

    public static Rejection TooLarge() =>
        new(413, PushRejection.BodyTooLarge, $"the body is larger than {SecretPush.MaxBodyBytes} bytes");

    public static Rejection TooSlow(TimeSpan allowed) =>
        new(408, PushRejection.BodyTooSlow, $"the body did not arrive within {allowed.TotalSeconds:0.#}s");

    public static Rejection WrappingTokenInvalid(string detail) => new(409, PushRejection.WrappingTokenInvalid, detail);

    public static Rejection WrappingTokenForeign(string detail) => new(403, PushRejection.WrappingTokenForeign, detail);

    public static Rejection VaultUnavailable(string detail) => new(503, PushRejection.VaultUnavailable, detail);

    public static Rejection LoginRefused(string detail) => new(502, PushRejection.LoginRefused, detail);

    public static Rejection LoginFailed(string detail) => new(502, PushRejection.LoginFailed, detail);

    public static Rejection SecretUnreadable(string detail) => new(502, PushRejection.SecretUnreadable, detail);

    public static Rejection WriteFailed(string detail) => new(500, PushRejection.WriteFailed, detail);

    public static Rejection InternalError(Exception e) =>
        new(500, PushRejection.InternalError, $"something that was not foreseen, please report it: {Unforeseen.Kinds(e)}; the log of the init container says more");

    public static Rejection AlreadyServed(PushAnswer? next) =>
        new(409, PushRejection.AlreadyServed, "another push was taken before") { NextDeliverySeconds = next?.NextDeliverySeconds };

    public static Rejection NotFound() => new(404, PushRejection.NotFound, "there is only /");

    public static Rejection MethodNotAllowed() => new(405, PushRejection.MethodNotAllowed, "only POST is understood");
}

/// <summary>Source-generated JSON of <see cref="Rejection"/> (NativeAOT).</summary>
[JsonSerializable(typeof(Rejection))]
internal sealed partial class RejectionJson : JsonSerializerContext;
