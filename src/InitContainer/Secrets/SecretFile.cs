namespace AkkaVault.InitContainer.Secrets;

/// <summary>Which part of a secret a file contains, and in which form.</summary>
internal enum SecretFormat
{
    /// <summary>All of its data, as JSON.</summary>
    Json,

    /// <summary>The value of one field, as it is.</summary>
    Value,

    /// <summary>A line of KEY='VALUE' for each field, as a shell reads it.</summary>
    Env,
}

/// <summary>A line of <c>VAULT_SECRETS</c>.</summary>
/// <param name="Name">The file, relative to <c>CREDENTIALS_PATH</c>.</param>
/// <param name="Path">The secret.</param>
/// <param name="Format">Which part of the secret the file contains.</param>
/// <param name="Field">The field of <see cref="SecretFormat.Value"/>; else empty.</param>
internal sealed record SecretFile(string Name, SecretPath Path, SecretFormat Format, string Field)
{
    /// <summary>The name in <c>CREDENTIALS_PATH</c> itself: of the file, or of the folder that contains it.</summary>
    public string TopName => Name.Split('/')[0];
}
