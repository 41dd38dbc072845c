using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// The claims of a service account's JSON web token, in the projected form
/// (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#schema-for-service-account-private-claims)
/// or in the older flat form.
/// </summary>
internal sealed class ServiceAccountClaims
{
    /// <summary>The tolerated difference of clocks. It is that of the library with which Vault checks tokens.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    /// <summary>The lifetime of a token that names no end, in the same library.</summary>
    private static readonly TimeSpan LifeWithoutEnd = TimeSpan.FromSeconds(150);

    private readonly JsonElement claims;

    private ServiceAccountClaims(JsonElement claims) => this.claims = claims;

    public string Name => Of("name");

    public string Uid => Of("uid");

    public string Namespace => Projected is { } form ? Text(form, "namespace") : Text(claims, "kubernetes.io/serviceaccount/namespace");

    /// <summary>The Secret of the token; empty for projected tokens, which have no Secret.</summary>
    public string SecretName => Text(claims, "kubernetes.io/serviceaccount/secret.name");

    private JsonElement? Projected =>
        claims.TryGetProperty("kubernetes.io", out var form) && form.ValueKind == JsonValueKind.Object ? form : null;

    /// <summary>The claims of a token whose signature, issuer, audience and time are valid. Any other token is rejected. Without keys the signature is not checked.</summary>
    public static ServiceAccountClaims Verified(string jwt, KubernetesConfig config, string audience, DateTimeOffset now)
    {
        var verified = Signed(jwt, config.Keys) ?? throw VaultRefusal.BadToken;
        if (!config.DisableIssuerValidation && config.Issuer.Length > 0 && Text(verified.claims, "iss") != config.Issuer)
            throw new VaultRefusal(403, "invalid issuer (iss) claim");
        if (audience.Length > 0 && !verified.Audiences().Contains(audience))
            throw new VaultRefusal(403, "invalid audience (aud) claim: audience claim does not match any expected audience");
        verified.RequireTime(now);
        return verified;
    }

    /// <summary>Whether the token's end has come, without leeway.</summary>
    public bool IsOver(DateTimeOffset now) => Time("exp") is { } end && now >= end;

    private static ServiceAccountClaims? Signed(string jwt, IReadOnlyList<SignatureKey> keys)
    {
        if (jwt.Split('.') is not [var header, var payload, var signature]) return null;
        try
        {
            using var named = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
            var bytes = Base64Url.DecodeFromChars(signature);
            var signed = Encoding.ASCII.GetBytes($"{header}.{payload}");
            var algorithm = Text(named.RootElement, "alg");
            if (keys.Count > 0 && !keys.Any(key => key.Verifies(algorithm, signed, bytes))) return null;
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return claims.RootElement.ValueKind == JsonValueKind.Object ? new ServiceAccountClaims(claims.RootElement.Clone()) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // The text is not a JSON web token. Vault rejects it like a token with a bad signature.
            return null;
        }
    }

    private void RequireTime(DateTimeOffset now)
    {
        var (issued, start, end) = (Time("iat"), Time("nbf"), Time("exp"));
        if ((issued ?? start ?? end) is null) return;
        var latestStart = start > issued || issued is null ? start : issued;
        end ??= latestStart + LifeWithoutEnd;
        start ??= issued ?? end - LifeWithoutEnd;
        if (now + Leeway < start) throw new VaultRefusal(403, "invalid not before (nbf) claim: token not yet valid");
        if (now - Leeway > end) throw new VaultRefusal(403, "invalid expiration time (exp) claim: token is expired");
        if (now + Leeway < issued) throw new VaultRefusal(403, "invalid issued at (iat) claim: token issued in the future");
    }

    private IEnumerable<string> Audiences()
    {
        if (!claims.TryGetProperty("aud", out var audience)) return [];
        return audience.ValueKind switch
        {
            JsonValueKind.String => [audience.GetString()!],
            JsonValueKind.Array => audience.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
            _ => [],
        };
    }

    private string Of(string field) => Projected is { } form && form.TryGetProperty("serviceaccount", out var account)
        ? Text(account, field)
        : Text(claims, $"kubernetes.io/serviceaccount/service-account.{field}");

    private DateTimeOffset? Time(string claim) =>
        claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string Text(JsonElement fields, string name) =>
        fields.ValueKind == JsonValueKind.Object && fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
