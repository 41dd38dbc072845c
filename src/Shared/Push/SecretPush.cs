using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Shared.Push;

/// <summary>
/// The body of the controller's POST to an init container: a wrapping token, and where to unwrap it.
/// The wire format is exactly that of the original Kubernetes-Vault.
/// </summary>
/// <param name="Token">The wrapping token. A secret, valid once and for a short time.</param>
/// <param name="CreationTime">When Vault created the token (RFC 3339 on the wire).</param>
/// <param name="Ttl">The token's lifetime in seconds.</param>
/// <param name="VaultAddr">Vault's base address, an absolute http or https URL.</param>
/// <param name="VaultCAs">The CAs that Vault's certificate must chain to, in PEM (base64 on the wire); null: the system's roots.</param>
/// <param name="VaultNamespace">Vault's namespace; null: there is none, and the field is not sent. The original's init container ignores it.</param>
public sealed record SecretPush(
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("creationTime")] DateTimeOffset CreationTime,
    [property: JsonPropertyName("ttl")] long Ttl,
    [property: JsonPropertyName("vaultAddr")] string VaultAddr,
    [property: JsonPropertyName("vaultCAs")] byte[]? VaultCAs,
    [property: JsonPropertyName("vaultNamespace"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VaultNamespace = null)
{
    /// <summary>The port on which every init container listens.</summary>
    public const int Port = 50000;

    /// <summary>The largest body that an init container reads, in bytes: enough for a large CA bundle.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>The greatest length of Vault's address.</summary>
    public const int MaxVaultAddrLength = 2000;

    /// <summary>The greatest length of the token: several times the length of Vault's longest tokens, which are wrapping tokens in the form of a JWT.</summary>
    public const int MaxTokenLength = 8 * 1024;

    private const int ShownLength = 200;

    /// <summary>How far the clocks of Vault and of the pod's node may differ before a token counts as expired.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    /// <summary>The JSON that is sent, in UTF-8.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, SecretPushJson.Default.SecretPush);

    /// <summary>Reads a body. The result says only whether the body could be read: the body may contain a token.</summary>
    /// <param name="body">The UTF-8 JSON text.</param>
    /// <param name="push">The push. Its values are not validated yet: see <see cref="Problems"/>.</param>
    public static bool TryDecode(ReadOnlySpan<byte> body, out SecretPush? push)
    {
        try
        {
            push = JsonSerializer.Deserialize(body, SecretPushJson.Default.SecretPush);
            return push is not null;
        }
        catch (JsonException)
        {
            push = null;
            return false;
        }
    }

    /// <summary>The problems of the values, one sentence each; empty if the push can be used.</summary>
    /// <param name="now">The reader's clock.</param>
    public IReadOnlyList<string> Problems(DateTimeOffset now)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(Token)) problems.Add("token is empty");
        else if (Token.Length > MaxTokenLength) problems.Add($"token has {Token.Length} characters, expected {MaxTokenLength} at most");
        else if (!SettingText.IsCredential(Token)) problems.Add("token has spaces, line breaks or other characters that no token has");
        if (CreationTime.Year < 2000) problems.Add("creationTime is not set");
        else if (CreationTime > now.AddDays(1))
            problems.Add($"creationTime lies in the future: {Clock(CreationTime)} by Vault's clock, while it is {Clock(now)} by this node's; compare date -u on both");
        if (Ttl <= 0) problems.Add($"ttl is {Ttl}, expected a positive number of seconds");
        else if (IsExpired(now))
        {
            problems.Add($"the wrapping token is expired: created at {Clock(CreationTime)} by Vault's clock for {Ttl} s, and it is {Clock(now)} by this node's, {(now - CreationTime).TotalSeconds:0} s later; "
                + "if the token was created just now, one of the clocks is wrong: compare date -u on this node and on Vault's");
        }

        if (VaultAddr?.Length > MaxVaultAddrLength)
            problems.Add($"vaultAddr has {VaultAddr.Length} characters, expected {MaxVaultAddrLength} at most");
        else if (!VaultAddress.TryParse(VaultAddr, out _))
            problems.Add($"vaultAddr is \"{ShortVaultAddr}\", expected an absolute http or https URL");
        if (VaultNamespace is { } ns && (ns.Length == 0 || ns.Any(c => c is <= ' ' or > '~')))
            problems.Add("vaultNamespace is not a namespace's path");
        return problems;
    }

    /// <summary>Whether the token has expired, with <see cref="ClockTolerance"/> added to its lifetime. False if the creation time or the lifetime makes no sense.</summary>
    /// <param name="now">The reader's clock.</param>
    public bool IsExpired(DateTimeOffset now) => CreationTime.Year >= 2000 && Ttl > 0 &&
        now - CreationTime > TimeSpan.FromSeconds(Math.Min(Ttl, MaxTtlSeconds)) + ClockTolerance;

    /// <summary>Vault's address for people: without a password, with escapes for invisible characters, and cut off if it is very long.</summary>
    [JsonIgnore]
    public string ShortVaultAddr => SettingText.Visible(UserInfo.Mask(VaultAddr ?? "")) is var shown && shown.Length > ShownLength ? $"{shown.AsSpan(0, ShownLength)}…" : shown;

    /// <summary>A text without the token.</summary>
    public override string ToString() =>
        $"SecretPush {{ CreationTime = {CreationTime:O}, Ttl = {Ttl}s, VaultAddr = {ShortVaultAddr}, VaultCAs = {VaultCAs?.Length ?? 0} bytes }}";

    private static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private const long MaxTtlSeconds = 10L * 365 * 24 * 3600;
}

/// <summary>Source-generated JSON of <see cref="SecretPush"/> (NativeAOT).</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(SecretPush))]
internal sealed partial class SecretPushJson : JsonSerializerContext;
