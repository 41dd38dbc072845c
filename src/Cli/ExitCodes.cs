namespace AkkaVault.Cli;

/// <summary>The exit codes of the program, for scripts.</summary>
internal static class ExitCodes
{
    /// <summary>There was an answer, and nothing is wrong.</summary>
    public const int Fine = 0;

    /// <summary>There was an answer, and something is wrong.</summary>
    public const int Wrong = 1;

    /// <summary>The command line or a configuration is wrong, or the controllers are configured to refuse.</summary>
    public const int Misused = 2;

    /// <summary>There was no answer: no connection, a timeout, or an error of the server.</summary>
    public const int NotAsked = 3;

    /// <summary>The exit codes as text, for <c>--help</c>.</summary>
    public const string Help = """
        Exit codes:
          0  asked and answered; nothing is wrong
          1  something is wrong: a check failed, explain found a problem, pods --failing is not empty, a member is unreachable or nobody leads
          2  the command line or a configuration is wrong, or the controllers are configured to refuse it
          3  it could not be asked: no connection, no answer in time, no right in Kubernetes, or an error of the server's
        """;
}

/// <summary>Ends the command, with one sentence on stderr.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">The sentence.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The command line is wrong, or something that it names.</summary>
    public static CommandException Misused(string message) => new(ExitCodes.Misused, message);

    /// <summary>There was no answer.</summary>
    public static CommandException NotAsked(string message) => new(ExitCodes.NotAsked, message);
}
