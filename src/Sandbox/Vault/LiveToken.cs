namespace AkkaVault.Sandbox.Vault;

/// <summary>A token that is alive. The record does not hold the token itself.</summary>
/// <param name="Accessor">The token's accessor; empty for batch tokens.</param>
/// <param name="Path">The path that created it, for example <c>auth/approle/login</c>.</param>
/// <param name="Policies">The token's policies.</param>
/// <param name="Metadata">For a login: <c>role_name</c> and the metadata of the secret_id used.</param>
/// <param name="CreatedAt">When the token was created, by Vault's clock.</param>
/// <param name="ExpiresAt">When the token expires; null: never.</param>
public sealed record LiveToken(
    string Accessor, string Path, IReadOnlyList<string> Policies, IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
