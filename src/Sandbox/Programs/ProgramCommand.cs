namespace AkkaVault.Sandbox.Programs;

/// <summary>How a program is started.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">Its first arguments.</param>
public sealed record ProgramCommand(string FileName, IReadOnlyList<string> Arguments);
