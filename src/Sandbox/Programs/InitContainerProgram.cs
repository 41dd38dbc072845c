using System.Diagnostics;
using System.Reflection;

namespace AkkaVault.Sandbox.Programs;

/// <summary>
/// The init container's executable. It is the native one, published once for each state of the sources; otherwise it is the JIT build.
/// </summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">The arguments before the program's own.</param>
/// <param name="IsNative">Whether it is the native executable.</param>
public sealed record InitContainerProgram(string FileName, IReadOnlyList<string> Arguments, bool IsNative)
{
    private const string Executable = "akkavault-init";
    private static readonly string[] s_compilers = ["clang", "gcc"];

    /// <summary>The command that starts the program.</summary>
    public ProgramCommand Command => new(FileName, Arguments);

    /// <summary>A start of the program. Its output is redirected, and it inherits none of the caller's variables that it would read.</summary>
    /// <param name="environment">Environment variables, in addition to the inherited ones.</param>
    /// <param name="arguments">The program's own arguments.</param>
    public ProcessStartInfo Start(IReadOnlyDictionary<string, string> environment, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(FileName) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments) start.ArgumentList.Add(argument);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in (string[])["VAULT_ROLE_ID", "CREDENTIALS_PATH", "LOG_LEVEL", "RETRIEVE_TOKEN", "UNWRAP_SECRET", "TIMEOUT", "LISTEN_ADDRESS", "EXPECTED_VAULT_ADDR", "VAULT_SECRETS", "SECRETS_INTERVAL"])
            start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    /// <summary>
    /// Finds the native executable under <c>artifacts/native/HASH/</c>. It publishes the executable first when these sources were
    /// not published yet, which takes a minute. Several processes may call this at once: one publishes, and the others wait.
    /// </summary>
    /// <param name="say">Receives a message before each step that takes long, and the reason when it is the JIT build.</param>
    /// <param name="cancellation">Cancels the search, and a publish that runs.</param>
    /// <exception cref="InvalidOperationException">The publish failed, or neither build exists.</exception>
    public static async Task<InitContainerProgram> LocateAsync(Action<string> say, CancellationToken cancellation = default)
    {
        var root = Metadata("RepositoryRoot");
        if (!Directory.Exists(Path.Combine(root, "src", "InitContainer")))
            throw new InvalidOperationException($"the sources that this program was built from are not at {root} any more");
        if (!s_compilers.Any(IsOnPath))
        {
            say("No C compiler (clang or gcc) is on the PATH: init containers run as JIT builds, which start slower and take more memory");
            return Jit(root);
        }

        var folder = Path.Combine(root, "artifacts", "native", await SourceHash.OfAsync(root, cancellation));
        var native = new InitContainerProgram(Path.Combine(folder, Executable), [], true);
        if (File.Exists(native.FileName)) return native;

        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        await using var turn = await FileLock.TakeAsync(Path.Combine(root, "artifacts", "native", ".lock"), cancellation);
        if (File.Exists(native.FileName)) return native;
        say("Publishing the native init container, once for these sources; about a minute");
        await PublishAsync(root, folder, cancellation);
        return native;
    }

    private static InitContainerProgram Jit(string root)
    {
        var assembly = Path.Combine(root, "artifacts", "bin", "InitContainer", Metadata("Configuration").ToLowerInvariant(), Executable + ".dll");
        return File.Exists(assembly)
            ? new InitContainerProgram(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [assembly], false)
            : throw new InvalidOperationException($"{assembly} is missing: build src/InitContainer");
    }

    private static async Task PublishAsync(string root, string folder, CancellationToken cancellation)
    {
        var fresh = folder + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "publish", Path.Combine("src", "InitContainer"), "-c", "Release", "-o", fresh,
                // This build has its own folder, because another build may be running. It leaves no build server behind.
                "--artifacts-path", Path.Combine(root, "artifacts", "native", ".build"),
                "-nodeReuse:false", "-p:UseSharedCompilation=false",
            },
        };
        // Under `dotnet test` these variables point to the MSBuild that runs the tests.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet publish did not start");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"dotnet publish src/InitContainer failed:\n{await output}{await errors}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(fresh, folder);
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Metadata(string key) => typeof(InitContainerProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => attribute.Key == key)?.Value ?? throw new InvalidOperationException($"the build left no {key} in the assembly");
}
