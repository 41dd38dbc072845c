namespace AkkaVault.Shared.Vault;

/// <summary>
/// What Vault says in <c>errors</c>. Its statements are compared as a whole: one that merely holds the same words may mean the
/// opposite, as "error validating wrapping token: context deadline exceeded" does, which says nothing of the token.
/// </summary>
internal static class VaultWords
{
    /// <summary>Of a wrapping token that is used, revoked or expired, or never was one.</summary>
    public const string UnknownWrappingToken = "wrapping token is not valid or does not exist";

    /// <summary>Of an accessor whose token is gone.</summary>
    public const string UnknownAccessor = "invalid accessor";

    /// <summary>Whether one of the statements is this.</summary>
    public static bool Say(IReadOnlyList<string> errors, string statement) => Statements(errors).Contains(statement, StringComparer.Ordinal);

    /// <summary>Whether they say that Vault, or OpenBao, is sealed.</summary>
    public static bool SaySealed(IReadOnlyList<string> errors) => Statements(errors).Any(statement =>
        statement.EndsWith("Vault is sealed", StringComparison.Ordinal) || statement.EndsWith("OpenBao is sealed", StringComparison.Ordinal));

    // Vault often lists them as go-multierror does: "1 error occurred:\n\t* invalid accessor\n\n".
    private static IEnumerable<string> Statements(IReadOnlyList<string> errors) =>
        errors.SelectMany(error => error.Split('\n')).Select(line => line.Trim()).Select(line => line.StartsWith("* ", StringComparison.Ordinal) ? line[2..] : line);
}
