using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Tests.TestKit;

/// <summary>
/// A program that SIGINT reaches wherever the tests run. A shell without job control starts what it runs in the background with SIGINT ignored; that is
/// inherited by all that is started from there, and .NET, as is the custom, leaves an ignored SIGINT ignored. GNU's <c>env</c> (coreutils 8.31, 2019) sets
/// it back and becomes the program, under the same process id. This process' own is left as it is: whoever started the tests wants it so.
/// </summary>
public static class Interruptible
{
    /// <summary>What is put before a program and its arguments.</summary>
    public static IReadOnlyList<string> Launcher { get; } = ["env", "--default-signal=INT"];

    /// <summary>A program as it is started so.</summary>
    public static ProgramCommand Of(ProgramCommand command) => new(Launcher[0], [.. Launcher.Skip(1), command.FileName, .. command.Arguments]);
}
