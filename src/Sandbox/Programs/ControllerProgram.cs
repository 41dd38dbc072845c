using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Programs;

/// <summary>The controller's program, in the checkout that this assembly was built from.</summary>
public static partial class ControllerProgram
{
    private const string Project = "Controller.Actors";

    /// <summary>The image is published from the command line's project, which refers to the controller.</summary>
    private const string Published = "Cli";

    /// <summary>The command that starts a controller: the build that was made together with the sandbox, unless <see cref="UsePublishedAsync"/> was called.</summary>
    public static ProgramCommand Command { get; private set; } = new(
        "dotnet", [Path.Combine(Publication.Metadata("RepositoryRoot"), "artifacts", "bin", Project, Publication.Metadata("Configuration").ToLowerInvariant(), "AkkaVault.Controller.dll")]);

    /// <summary>
    /// Makes <see cref="Command"/> start the program as it is in the image: compiled ahead of time, with a .NET of its own that is trimmed. Publishes the program first when these sources
    /// were not published yet.
    /// </summary>
    /// <param name="say">Receives a message before the publish.</param>
    /// <param name="cancellation">Cancels a publish that runs.</param>
    /// <exception cref="InvalidOperationException">The publish failed.</exception>
    public static async Task UsePublishedAsync(Action<string> say, CancellationToken cancellation) =>
        Command = new(
            Path.Combine(await new Publication(Published, [Published, Project, "Contracts", "Shared"], PublishArguments()).LocateAsync(say, cancellation).ConfigureAwait(false), "AkkaVault.Controller"), []);

    /// <summary>The variables of the image that limit .NET's memory.</summary>
    public static IReadOnlyDictionary<string, string> MemoryVariables { get; } =
        MemoryLine().Matches(Dockerfile()).ToDictionary(line => line.Groups[1].Value, line => line.Groups[2].Value, StringComparer.Ordinal);

    private static string[] PublishArguments()
    {
        var arguments = PublishLine().Match(Dockerfile());
        if (!arguments.Success) throw new InvalidOperationException($"the Dockerfile of src/{Project} has no line that publishes src/{Published}");
        var architecture = RuntimeInformation.OSArchitecture is Architecture.Arm64 ? "arm64" : "amd64";
        return arguments.Groups[1].Value.Replace("$TARGETARCH", architecture, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Dockerfile() => File.ReadAllText(Path.Combine(Publication.Metadata("RepositoryRoot"), "src", Project, "Dockerfile"));

    [GeneratedRegex("^ENV (DOTNET_GC[a-zA-Z0-9]+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex MemoryLine();

    [GeneratedRegex("^RUN dotnet publish src/Cli (.*) -o /out$", RegexOptions.Multiline)]
    private static partial Regex PublishLine();
}
