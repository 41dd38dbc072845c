using System.Text.Json.Serialization;

namespace AkkaVault.Shared.Vault;

/// <summary>The common envelope of Vault's JSON answers. It and the types of its parts have only the members that are used.</summary>
internal sealed record VaultEnvelope<T>(
    [property: JsonPropertyName("data")] T? Data,
    [property: JsonPropertyName("wrap_info")] WrapInfo? WrapInfo,
    [property: JsonPropertyName("auth")] AuthInfo? Auth);

internal sealed record WrapInfo(
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("accessor")] string Accessor,
    [property: JsonPropertyName("ttl")] long Ttl,
    [property: JsonPropertyName("creation_time")] DateTimeOffset CreationTime,
    [property: JsonPropertyName("creation_path")] string CreationPath)
{
    /// <summary>A text without the values.</summary>
    public override string ToString() => nameof(WrapInfo);
}

internal sealed record AuthInfo(
    [property: JsonPropertyName("client_token")] string? ClientToken,
    [property: JsonPropertyName("accessor")] string? Accessor,
    [property: JsonPropertyName("lease_duration")] long LeaseDuration,
    [property: JsonPropertyName("renewable")] bool Renewable,
    [property: JsonPropertyName("policies")] IReadOnlyList<string>? Policies,
    [property: JsonPropertyName("token_type")] string? TokenType,
    [property: JsonPropertyName("mfa_requirement")] NoData? MfaRequirement,
    [property: JsonPropertyName("num_uses")] int NumUses)
{
    /// <summary>A text without the values.</summary>
    public override string ToString() => nameof(AuthInfo);
}

internal sealed record SecretIdData(
    [property: JsonPropertyName("secret_id")] string? SecretId,
    [property: JsonPropertyName("secret_id_accessor")] string? Accessor)
{
    /// <summary>A text without the values.</summary>
    public override string ToString() => nameof(SecretIdData);
}

internal sealed record WrappingLookupData(
    [property: JsonPropertyName("creation_path")] string CreationPath,
    [property: JsonPropertyName("creation_time")] DateTimeOffset CreationTime,
    [property: JsonPropertyName("creation_ttl")] long CreationTtl);

internal sealed record TokenLookupData(
    [property: JsonPropertyName("accessor")] string Accessor,
    [property: JsonPropertyName("creation_ttl")] long CreationTtl,
    [property: JsonPropertyName("ttl")] long Ttl,
    [property: JsonPropertyName("renewable")] bool Renewable,
    [property: JsonPropertyName("role")] string? Role,
    [property: JsonPropertyName("policies")] IReadOnlyList<string>? Policies,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("path")] string? Path,
    [property: JsonPropertyName("num_uses")] int NumUses,
    [property: JsonPropertyName("explicit_max_ttl")] long ExplicitMaxTtl,
    [property: JsonPropertyName("period")] long Period,
    [property: JsonPropertyName("orphan")] bool Orphan);

internal sealed record TokenRoleData(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("renewable")] bool Renewable,
    [property: JsonPropertyName("period")] long Period,
    [property: JsonPropertyName("token_period")] long TokenPeriod,
    [property: JsonPropertyName("explicit_max_ttl")] long ExplicitMaxTtl,
    [property: JsonPropertyName("token_explicit_max_ttl")] long TokenExplicitMaxTtl,
    [property: JsonPropertyName("token_num_uses")] int TokenNumUses);

internal sealed record NoData;

internal sealed record VaultErrors(
    [property: JsonPropertyName("errors")] IReadOnlyList<string>? Errors,
    [property: JsonPropertyName("request_id")] string? RequestId);

internal sealed record AccessorRequest([property: JsonPropertyName("accessor")] string Accessor);

internal sealed record TokenRequest([property: JsonPropertyName("token")] string Token)
{
    /// <summary>A text without the values.</summary>
    public override string ToString() => nameof(TokenRequest);
}

internal sealed record LoginRequest(
    [property: JsonPropertyName("role_id")] string RoleId,
    [property: JsonPropertyName("secret_id")] string SecretId)
{
    /// <summary>A text without the values.</summary>
    public override string ToString() => nameof(LoginRequest);
}

internal sealed record JwtLoginRequest(
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("jwt")] string Jwt)
{
    /// <summary>A text without the values.</summary>
    public override string ToString() => nameof(JwtLoginRequest);
}

internal sealed record SecretIdRequest(
    [property: JsonPropertyName("metadata")] string? Metadata,
    [property: JsonPropertyName("cidr_list")] IReadOnlyList<string>? CidrList,
    [property: JsonPropertyName("token_bound_cidrs")] IReadOnlyList<string>? TokenBoundCidrs);

internal sealed record CertificateRequestData(
    [property: JsonPropertyName("common_name")] string CommonName,
    [property: JsonPropertyName("alt_names")] string? AltNames,
    [property: JsonPropertyName("ip_sans")] string? IpSans);

internal sealed record CertificateData(
    [property: JsonPropertyName("certificate")] string? Certificate,
    [property: JsonPropertyName("private_key")] string? PrivateKey,
    [property: JsonPropertyName("issuing_ca")] string? IssuingCa,
    [property: JsonPropertyName("ca_chain")] IReadOnlyList<string>? CaChain)
{
    /// <summary>A text without the values.</summary>
    public override string ToString() => nameof(CertificateData);
}

internal sealed record PathsRequest([property: JsonPropertyName("paths")] IReadOnlyList<string> Paths);

internal sealed record RenewRequest([property: JsonPropertyName("increment")] string Increment);

internal sealed record EmptyRequest;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VaultEnvelope<NoData>))]
[JsonSerializable(typeof(VaultEnvelope<SecretIdData>))]
[JsonSerializable(typeof(VaultEnvelope<WrappingLookupData>))]
[JsonSerializable(typeof(VaultEnvelope<TokenLookupData>))]
[JsonSerializable(typeof(VaultEnvelope<TokenRoleData>))]
[JsonSerializable(typeof(VaultEnvelope<CertificateData>))]
[JsonSerializable(typeof(VaultEnvelope<Dictionary<string, IReadOnlyList<string>>>), TypeInfoPropertyName = "VaultEnvelopeDictionaryStringIReadOnlyListString")]
[JsonSerializable(typeof(SealStatus))]
[JsonSerializable(typeof(PathsRequest))]
[JsonSerializable(typeof(VaultErrors))]
[JsonSerializable(typeof(AccessorRequest))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(JwtLoginRequest))]
[JsonSerializable(typeof(SecretIdRequest))]
[JsonSerializable(typeof(CertificateRequestData))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class VaultJson : JsonSerializerContext;
