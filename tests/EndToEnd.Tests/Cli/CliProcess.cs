using System.Diagnostics;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>Runs <c>akkavault</c> as a process: the native file of <c>dotnet cake --target=KubectlPlugin</c> if it is newer than the sources, otherwise the build that was made together with these tests.</summary>
internal static class CliProcess
{
    // artifacts/bin/EndToEnd.Tests/debug
    private static readonly DirectoryInfo s_tests = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
    private static readonly string s_artifacts = s_tests.Parent!.Parent!.Parent!.FullName;

    /// <summary>The program.</summary>
    public static ProgramCommand Command { get; } = Native is { } native
        ? new(native, [])
        : new("dotnet", [Path.Combine(s_artifacts, "bin", "Cli", s_tests.Name, "akkavault.dll")]);

    /// <summary>The native file; null: there is none of these sources.</summary>
    public static string? Native
    {
        get
        {
            var file = new FileInfo(Path.Combine(s_artifacts, "kubectl-akkavault"));
            return file.Exists && Sources().All(source => source.LastWriteTimeUtc < file.LastWriteTimeUtc) ? file.FullName : null;
        }
    }

    private static IEnumerable<FileInfo> Sources() => ((string[])["Cli", "Contracts", "Controller.Actors", "Shared"])
        .SelectMany(project => new DirectoryInfo(Path.Combine(s_artifacts, "..", "src", project)).EnumerateFiles("*.cs*", SearchOption.AllDirectories));

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
        // The servers of the tests are in this process, which may be kept waiting for more than the default of 5 s.
        string[] patience = arguments.Contains("--url") && !arguments.Contains("--timeout") ? ["--timeout", "30s"] : [];
        var start = new ProcessStartInfo(Command.FileName, [.. Command.Arguments, .. arguments, .. patience]);
        foreach (var name in (string[])["AKKAVAULT_URL", "VAULT_TOKEN"]) start.Environment.Remove(name);
        // Do not use the kubeconfig of the user who runs the tests.
        start.Environment["KUBECONFIG"] = "/nonexistent/kubeconfig";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var (exit, output, error) = await ProgramRun.ToEndAsync(start);
        return new Result(exit, output, error);
    }

    public static Task<Result> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);
}
