using System.Text.Json.Serialization;

namespace AkkaVault.Shared.Credentials;

/// <summary>The names of the files that an application reads, below <c>CREDENTIALS_PATH</c>. The names are the original's.</summary>
public static class CredentialFileNames
{
    /// <summary>The file with a token from a login: <see cref="VaultToken"/>.</summary>
    public const string VaultToken = "vault-token";

    /// <summary>The file with a secret_id that was unwrapped, but not used: <see cref="VaultSecretId"/>.</summary>
    public const string VaultSecretId = "vault-secret-id";

    /// <summary>The file with the pushed wrapping token: <see cref="VaultWrappedSecretId"/>.</summary>
    public const string VaultWrappedSecretId = "vault-wrapped-secret-id";

    /// <summary>The file with the CAs that Vault's certificate chains to, in PEM. It is written if the push has CAs.</summary>
    public const string CaBundle = "ca.crt";
}

/// <summary>The content of <c>vault-token</c>.</summary>
/// <param name="ClientToken">The Vault token. A secret.</param>
/// <param name="Accessor">The token's accessor.</param>
/// <param name="LeaseDuration">The token's lifetime in seconds.</param>
/// <param name="Renewable">Whether the token can be renewed.</param>
/// <param name="VaultAddr">Vault's base address.</param>
/// <param name="VaultNamespace">Vault's namespace; the file leaves it out if there is none.</param>
public sealed record VaultToken(
    [property: JsonPropertyName("clientToken")] string ClientToken,
    [property: JsonPropertyName("accessor")] string Accessor,
    [property: JsonPropertyName("leaseDuration")] long LeaseDuration,
    [property: JsonPropertyName("renewable")] bool Renewable,
    [property: JsonPropertyName("vaultAddr")] string VaultAddr,
    [property: JsonPropertyName("vaultNamespace"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VaultNamespace = null)
{
    /// <summary>A text without the token.</summary>
    public override string ToString() => $"VaultToken {{ Accessor = {Accessor}, LeaseDuration = {LeaseDuration}s }}";
}

/// <summary>The content of <c>vault-secret-id</c>.</summary>
/// <param name="RoleId">The AppRole's role_id.</param>
/// <param name="SecretId">The unwrapped secret_id. A secret.</param>
/// <param name="Accessor">The secret_id's accessor.</param>
/// <param name="VaultAddr">Vault's base address.</param>
/// <param name="VaultNamespace">Vault's namespace; the file leaves it out if there is none.</param>
public sealed record VaultSecretId(
    [property: JsonPropertyName("roleId")] string RoleId,
    [property: JsonPropertyName("secretId")] string SecretId,
    [property: JsonPropertyName("accessor")] string Accessor,
    [property: JsonPropertyName("vaultAddr")] string VaultAddr,
    [property: JsonPropertyName("vaultNamespace"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VaultNamespace = null)
{
    /// <summary>A text without the secret_id.</summary>
    public override string ToString() => $"VaultSecretId {{ Accessor = {Accessor} }}";
}

/// <summary>The content of <c>vault-wrapped-secret-id</c>.</summary>
/// <param name="RoleId">The AppRole's role_id.</param>
/// <param name="WrappedSecretId">The wrapping token. A secret.</param>
/// <param name="VaultAddr">Vault's base address.</param>
/// <param name="Ttl">The wrapping token's lifetime in seconds, from its creation.</param>
/// <param name="VaultNamespace">Vault's namespace; the file leaves it out if there is none.</param>
public sealed record VaultWrappedSecretId(
    [property: JsonPropertyName("roleId")] string RoleId,
    [property: JsonPropertyName("wrappedSecretId")] string WrappedSecretId,
    [property: JsonPropertyName("vaultAddr")] string VaultAddr,
    [property: JsonPropertyName("ttl")] long Ttl,
    [property: JsonPropertyName("vaultNamespace"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VaultNamespace = null)
{
    /// <summary>A text without the wrapping token.</summary>
    public override string ToString() => $"VaultWrappedSecretId {{ Ttl = {Ttl}s }}";
}

/// <summary>Source-generated JSON of the credential files (NativeAOT).</summary>
[JsonSerializable(typeof(VaultToken))]
[JsonSerializable(typeof(VaultSecretId))]
[JsonSerializable(typeof(VaultWrappedSecretId))]
public sealed partial class CredentialJson : JsonSerializerContext;
