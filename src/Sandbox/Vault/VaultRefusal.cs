namespace AkkaVault.Sandbox.Vault;

/// <summary>An error answer of Vault, thrown by a backend: <c>{"errors": [...]}</c> with a status.</summary>
internal sealed class VaultRefusal(int status, params string[] errors) : Exception($"{status}: {string.Join("; ", errors)}")
{
    public int Status { get; } = status;

    public IReadOnlyList<string> Errors { get; } = errors;

    /// <summary>403 because of a policy, with the message of Vault's core. The message for a bad token is only <c>permission denied</c>.</summary>
    public static VaultRefusal PolicyDenied => new(403, OneError("permission denied"));

    /// <summary>403 because Vault does not know the token.</summary>
    public static VaultRefusal BadToken => new(403, "permission denied");

    /// <summary>404 without a message: nothing has that name.</summary>
    public static VaultRefusal NotFound => new(404);

    public static VaultRefusal NoHandler(string path) => new(404, $"no handler for route '{path}'");

    /// <summary>404: the mount has no such path.</summary>
    public static VaultRefusal UnsupportedPath => new(404, OneError("unsupported path"));

    /// <summary>
    /// 405: the path exists, but not for this method. The recordings have no such answer. The message is that of Vault's logical layer.
    /// </summary>
    public static VaultRefusal UnsupportedOperation => new(405, OneError("unsupported operation"));

    /// <summary>Prints one error as Vault prints the errors that its core collects (go-multierror).</summary>
    public static string OneError(string what) => $"1 error occurred:\n\t* {what}\n\n";
}
