namespace AkkaVault.Sandbox.Vault;

/// <summary>An error answer of Vault on its way out of a backend: <c>{"errors": [...]}</c> with a status.</summary>
internal sealed class VaultRefusal(int status, params string[] errors) : Exception($"{status}: {string.Join("; ", errors)}")
{
    public int Status { get; } = status;

    public IReadOnlyList<string> Errors { get; } = errors;

    /// <summary>403 of a policy, worded as Vault's core words it (a bad token is the bare <c>permission denied</c>).</summary>
    public static VaultRefusal PolicyDenied => new(403, OneError("permission denied"));

    /// <summary>403 of a token that Vault does not know.</summary>
    public static VaultRefusal BadToken => new(403, "permission denied");

    /// <summary>404 without words: there is nothing under that name.</summary>
    public static VaultRefusal NotFound => new(404);

    public static VaultRefusal NoHandler(string path) => new(404, $"no handler for route '{path}'");

    /// <summary>404: something is mounted there, and knows no such path.</summary>
    public static VaultRefusal UnsupportedPath => new(404, OneError("unsupported path"));

    /// <summary>405: the path exists, the method does not. Not in the recordings; worded as Vault's logical layer does.</summary>
    public static VaultRefusal UnsupportedOperation => new(405, OneError("unsupported operation"));

    /// <summary>How Vault prints the errors that its core collects (go-multierror).</summary>
    public static string OneError(string what) => $"1 error occurred:\n\t* {what}\n\n";
}
