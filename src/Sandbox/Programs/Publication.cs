using System.Diagnostics;
using System.Reflection;

namespace AkkaVault.Sandbox.Programs;

/// <summary>The output of <c>dotnet publish</c> of one of this checkout's programs, made once for each state of its sources.</summary>
/// <param name="Project">The project's folder in <c>src</c>.</param>
/// <param name="Sources">The folders in <c>src</c> that the program is built from.</param>
/// <param name="Arguments">The arguments of <c>dotnet publish</c> after the project.</param>
internal sealed record Publication(string Project, IReadOnlyList<string> Sources, IReadOnlyList<string> Arguments)
{
    /// <summary>The folder under <c>artifacts/published</c>. Each way to publish a project has its own folder.</summary>
    public string Folder { get; init; } = Project;

    /// <summary>
    /// Finds the output under <c>artifacts/published/FOLDER/HASH/</c>. It publishes first when these sources were not published yet.
    /// Several processes may call this at once: one publishes, and the others wait.
    /// </summary>
    /// <param name="say">Receives a message before the publish.</param>
    /// <param name="cancellation">Cancels the search, and a publish that runs.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="InvalidOperationException">The publish failed, or the sources are not there any more.</exception>
    public async Task<string> LocateAsync(Action<string> say, CancellationToken cancellation)
    {
        var root = Metadata("RepositoryRoot");
        if (!Directory.Exists(Path.Combine(root, "src", Project)))
            throw new InvalidOperationException($"the sources that this program was built from are not at {root} any more");
        var home = Path.Combine(root, "artifacts", "published", Folder);
        var folder = Path.Combine(home, await SourceHash.OfAsync(root, Sources, cancellation).ConfigureAwait(false));
        if (Directory.Exists(folder)) return folder;

        Directory.CreateDirectory(home);
        await using var turn = await FileLock.TakeAsync(Path.Combine(home, ".lock"), cancellation).ConfigureAwait(false);
        if (Directory.Exists(folder)) return folder;
        say($"Publishing src/{Project}, once for these sources; it takes some minutes");
        var fresh = folder + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        await PublishAsync(root, fresh, Path.Combine(home, ".build"), cancellation).ConfigureAwait(false);
        Directory.Move(fresh, folder);
        return folder;
    }

    /// <summary>What the build wrote into this assembly.</summary>
    /// <param name="key">The name of the <see cref="AssemblyMetadataAttribute"/>.</param>
    /// <exception cref="InvalidOperationException">The build left nothing under that name.</exception>
    public static string Metadata(string key) => typeof(Publication).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => attribute.Key == key)?.Value ?? throw new InvalidOperationException($"the build left no {key} in the assembly");

    private async Task PublishAsync(string root, string output, string build, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // This build has its own folder, because another build may be running. It leaves no build server behind.
        foreach (var argument in (string[])["publish", Path.Combine("src", Project), .. Arguments, "-o", output, "--artifacts-path", build, "-nodeReuse:false", "-p:UseSharedCompilation=false"])
            start.ArgumentList.Add(argument);
        // Under `dotnet test` these variables point to the MSBuild that runs the tests.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet publish did not start");
        try
        {
            var printed = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"dotnet publish src/{Project} failed:\n{await printed.ConfigureAwait(false)}{await errors.ConfigureAwait(false)}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
