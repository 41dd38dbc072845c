using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Programs;

/// <summary>The controller's program, in the checkout that this assembly was built from.</summary>
public static partial class ControllerProgram
{
    private const string Project = "Controller.Actors";

    /// <summary>What this process starts: the build that was made together with the sandbox, unless <see cref="UsePublishedAsync"/> was called.</summary>
    public static ProgramCommand Command { get; private set; } = Of(
        Path.Combine(Publication.Metadata("RepositoryRoot"), "artifacts", "bin", Project, Publication.Metadata("Configuration").ToLowerInvariant()));

    /// <summary>From now on this process starts the program as it is in the image, compiled ahead of time. It is published first when these sources were not published yet.</summary>
    /// <param name="say">Receives a message before the publish.</param>
    /// <param name="cancellation">Cancels a publish that runs.</param>
    /// <exception cref="InvalidOperationException">The publish failed.</exception>
    public static async Task UsePublishedAsync(Action<string> say, CancellationToken cancellation) =>
        Command = Of(await new Publication(Project, [Project, "Contracts", "Shared"], PublishArguments()).LocateAsync(say, cancellation).ConfigureAwait(false));

    private static ProgramCommand Of(string folder) => new("dotnet", [Path.Combine(folder, "AkkaVault.Controller.dll")]);

    private static string[] PublishArguments()
    {
        var file = Path.Combine(Publication.Metadata("RepositoryRoot"), "src", Project, "Dockerfile");
        var arguments = PublishLine().Match(File.ReadAllText(file));
        if (!arguments.Success) throw new InvalidOperationException($"{file} has no line that publishes src/{Project}");
        var architecture = RuntimeInformation.OSArchitecture is Architecture.Arm64 ? "arm64" : "amd64";
        return arguments.Groups[1].Value.Replace("$TARGETARCH", architecture, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("^RUN dotnet publish src/Controller.Actors (.*) -o /out$", RegexOptions.Multiline)]
    private static partial Regex PublishLine();
}
