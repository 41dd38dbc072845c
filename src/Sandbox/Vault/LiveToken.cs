namespace AkkaVault.Sandbox.Vault;

/// <summary>A token that is alive; the token itself is not told.</summary>
/// <param name="Accessor">Its accessor; empty for batch tokens.</param>
/// <param name="Path">The path that created it, for example <c>auth/approle/login</c>.</param>
/// <param name="Policies">The policies it holds.</param>
/// <param name="Metadata">For a login: <c>role_name</c> and the metadata of the secret_id used.</param>
/// <param name="CreatedAt">When, by Vault's clock.</param>
/// <param name="ExpiresAt">When it ends; null: never.</param>
public sealed record LiveToken(
    string Accessor, string Path, IReadOnlyList<string> Policies, IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
