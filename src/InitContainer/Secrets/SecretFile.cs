namespace AkkaVault.InitContainer.Secrets;

/// <summary>What of a secret is in a file.</summary>
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
/// <param name="Format">What of it is in the file.</param>
/// <param name="Field">The field of <see cref="SecretFormat.Value"/>; else empty.</param>
internal sealed record SecretFile(string Name, SecretPath Path, SecretFormat Format, string Field)
{
    /// <summary>What is visible of it in the folder: the file itself, or the folder that it is in.</summary>
    public string TopName => Name.Split('/')[0];
}
