using System.Text.Json.Serialization;

namespace AkkaVault.Shared.Vault;

/// <summary>What <c>sys/seal-status</c> says of Vault.</summary>
/// <param name="Initialized">Whether it was ever set up.</param>
/// <param name="Sealed">Whether it is sealed: it then answers nothing else.</param>
/// <param name="Version">Its version.</param>
public sealed record SealStatus(
    [property: JsonPropertyName("initialized")] bool Initialized,
    [property: JsonPropertyName("sealed")] bool Sealed,
    [property: JsonPropertyName("version")] string? Version);
