using System.Text.Json.Serialization;

namespace AkkaVault.Shared.Vault;

/// <summary>The answer of <c>sys/seal-status</c>.</summary>
/// <param name="Initialized">Whether Vault was initialized.</param>
/// <param name="Sealed">Whether Vault is sealed. A sealed Vault refuses all other requests.</param>
/// <param name="Version">Vault's version.</param>
public sealed record SealStatus(
    [property: JsonPropertyName("initialized")] bool Initialized,
    [property: JsonPropertyName("sealed")] bool Sealed,
    [property: JsonPropertyName("version")] string? Version);
