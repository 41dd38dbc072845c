namespace AkkaVault.Sandbox.Vault;

/// <summary>The state of a wrapping token.</summary>
public enum WrappingState
{
    /// <summary>The token can be unwrapped once.</summary>
    Issued,

    /// <summary>The token was unwrapped.</summary>
    Unwrapped,

    /// <summary>The token was revoked before it was unwrapped, or was used for something else than unwrapping.</summary>
    Revoked,

    /// <summary>The token expired before it was unwrapped.</summary>
    Expired,
}

/// <summary>A wrapping token that the simulated Vault issued. The record does not hold the token itself.</summary>
/// <param name="Accessor">The token's accessor.</param>
/// <param name="CreationPath">The path whose answer the token wraps.</param>
/// <param name="CreatedAt">When the token was created, by Vault's clock.</param>
/// <param name="Ttl">The token's lifetime.</param>
/// <param name="Role">The AppRole, when the token wraps a secret_id.</param>
/// <param name="Metadata">The metadata of that secret_id; empty when there is none.</param>
/// <param name="State">The token's state.</param>
public sealed record IssuedWrappingToken(
    string Accessor, string CreationPath, DateTimeOffset CreatedAt, TimeSpan Ttl, string? Role,
    IReadOnlyDictionary<string, string> Metadata, WrappingState State);
