namespace AkkaVault.Shared.Vault;

/// <summary>
/// Vault's <c>errors</c>. Each statement is compared as a whole: a longer statement with the same words may mean something else.
/// "error validating wrapping token: context deadline exceeded", for example, does not say that the token is invalid.
/// </summary>
internal static class VaultWords
{
    /// <summary>The error for a wrapping token that is used, revoked or expired, or never existed.</summary>
    public const string UnknownWrappingToken = "wrapping token is not valid or does not exist";

    /// <summary>The error for an accessor whose token no longer exists.</summary>
    public const string UnknownAccessor = "invalid accessor";

    /// <summary>Whether one of the errors contains this statement.</summary>
    public static bool Say(IReadOnlyList<string> errors, string statement) => Statements(errors).Contains(statement, StringComparer.Ordinal);

    /// <summary>Whether the errors say that Vault, or OpenBao, is sealed.</summary>
    public static bool SaySealed(IReadOnlyList<string> errors) => Statements(errors).Any(statement =>
        statement.EndsWith("Vault is sealed", StringComparison.Ordinal) || statement.EndsWith("OpenBao is sealed", StringComparison.Ordinal));

    // Vault often lists statements in the form of go-multierror: "1 error occurred:\n\t* invalid accessor\n\n".
    private static IEnumerable<string> Statements(IReadOnlyList<string> errors) =>
        errors.SelectMany(error => error.Split('\n')).Select(line => line.Trim()).Select(line => line.StartsWith("* ", StringComparison.Ordinal) ? line[2..] : line);
}
