using System.Diagnostics;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>Runs the built <c>akkavault</c> as a process.</summary>
internal static class CliProcess
{
    /// <summary>The build that was made together with these tests.</summary>
    public static ProgramCommand Command { get; } = new("dotnet", [Path.GetFullPath(Path.Combine(
        Path.GetDirectoryName(ControllerProgram.Command.Arguments[0])!, "..", "..", "Cli", Path.GetFileName(Path.GetDirectoryName(ControllerProgram.Command.Arguments[0])!), "akkavault.dll"))]);

    /// <summary>The result of a run.</summary>
    public sealed record Result(int Exit, string Out, string Error)
    {
        public JsonNode Json => JsonNode.Parse(Out)!;

        /// <summary>The words of the first table line that begins with a given word.</summary>
        public string[] Row(string first) => Out.Split('\n').First(line => line.StartsWith(first, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

        public override string ToString() => $"{Exit}\n{Out}\n{Error}";
    }

    /// <summary>Runs the program to its end.</summary>
    /// <param name="environment">Environment variables. The program inherits none of this process's variables that it reads.</param>
    /// <param name="arguments">The program's arguments.</param>
    public static async Task<Result> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Command.FileName, Command.Arguments.Concat(arguments));
        foreach (var name in (string[])["AKKAVAULT_URL", "VAULT_TOKEN"]) start.Environment.Remove(name);
        // Do not use the kubeconfig of the user who runs the tests.
        start.Environment["KUBECONFIG"] = "/nonexistent/kubeconfig";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var (exit, output, error) = await ProgramRun.ToEndAsync(start);
        return new Result(exit, output, error);
    }

    public static Task<Result> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);
}
