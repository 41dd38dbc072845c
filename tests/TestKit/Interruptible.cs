using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Tests.TestKit;

/// <summary>
/// Starts programs so that SIGINT reaches them, wherever the tests run. A shell without job control starts background programs with SIGINT ignored.
/// All their children inherit that, and .NET, as is usual, leaves an ignored SIGINT ignored. GNU's <c>env</c> (coreutils 8.31, 2019) resets it
/// and becomes the program, with the same process id. The setting of this process does not change: the user who started the tests chose it.
/// </summary>
public static class Interruptible
{
    /// <summary>The words before a program and its arguments.</summary>
    public static IReadOnlyList<string> Launcher { get; } = ["env", "--default-signal=INT"];

    /// <summary>A command that starts a program in this way.</summary>
    public static ProgramCommand Of(ProgramCommand command) => new(Launcher[0], [.. Launcher.Skip(1), command.FileName, .. command.Arguments]);
}
