namespace AkkaVault.Sandbox.Vault;

/// <summary>What became of a wrapping token.</summary>
public enum WrappingState
{
    /// <summary>Still good for one unwrap.</summary>
    Issued,

    /// <summary>Someone unwrapped it.</summary>
    Unwrapped,

    /// <summary>It was revoked, or used for something else than unwrapping, before anyone unwrapped it.</summary>
    Revoked,

    /// <summary>Its time ended before anyone unwrapped it.</summary>
    Expired,
}

/// <summary>A wrapping token that the simulated Vault issued; the token itself is not told.</summary>
/// <param name="Accessor">Its accessor.</param>
/// <param name="CreationPath">The path whose answer it wraps.</param>
/// <param name="CreatedAt">When, by Vault's clock.</param>
/// <param name="Ttl">Its lifetime.</param>
/// <param name="Role">The AppRole, when it wraps a secret_id.</param>
/// <param name="Metadata">The metadata that secret_id was given; empty when none.</param>
/// <param name="State">What became of it.</param>
public sealed record IssuedWrappingToken(
    string Accessor, string CreationPath, DateTimeOffset CreatedAt, TimeSpan Ttl, string? Role,
    IReadOnlyDictionary<string, string> Metadata, WrappingState State);
