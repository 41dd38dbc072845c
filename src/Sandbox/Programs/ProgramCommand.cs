namespace AkkaVault.Sandbox.Programs;

/// <summary>The command line that starts a program.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">The first arguments.</param>
public sealed record ProgramCommand(string FileName, IReadOnlyList<string> Arguments);
