using System.Diagnostics;

namespace AkkaVault.Sandbox.Programs;

/// <summary>
/// The init container's executable: the native one, published once for each state of the sources, or the JIT build when there is no C compiler.
/// </summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">The arguments before the program's own.</param>
/// <param name="IsNative">Whether it is the native executable.</param>
public sealed record InitContainerProgram(string FileName, IReadOnlyList<string> Arguments, bool IsNative)
{
    private const string Executable = "akkavault-init";
    private static readonly string[] s_compilers = ["clang", "gcc"];
    private static readonly Publication s_native = new("InitContainer", ["InitContainer", "Shared"], ["-c", "Release"]);
    private static readonly Publication s_image = s_native with { Folder = "InitContainer-static", Arguments = ["-c", "Release", "-p:PublishProfile=static"] };

    /// <summary>The command that starts the program.</summary>
    public ProgramCommand Command => new(FileName, Arguments);

    /// <summary>A start of the program. Its output is redirected, and it inherits none of the caller's settings for it.</summary>
    /// <param name="environment">Environment variables, in addition to the inherited ones.</param>
    /// <param name="arguments">The program's own arguments.</param>
    public ProcessStartInfo Start(IReadOnlyDictionary<string, string> environment, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(FileName) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments) start.ArgumentList.Add(argument);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in (string[])["VAULT_ROLE_ID", "CREDENTIALS_PATH", "LOG_LEVEL", "RETRIEVE_TOKEN", "UNWRAP_SECRET", "TIMEOUT", "LISTEN_ADDRESS", "EXPECTED_VAULT_ADDR", "VAULT_SECRETS", "SECRETS_INTERVAL", "MODE", "REVOKE_ON_SHUTDOWN"])
            start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    /// <summary>
    /// Finds the executable. It publishes the native one first when these sources were not published yet, which takes a minute.
    /// Several processes may call this at once: one publishes, and the others wait.
    /// </summary>
    /// <param name="say">Receives a message before each step that takes long, and the reason when the result is the JIT build.</param>
    /// <param name="cancellation">Cancels the search, and a publish that runs.</param>
    /// <exception cref="InvalidOperationException">The publish failed, or neither build exists.</exception>
    public static async Task<InitContainerProgram> LocateAsync(Action<string> say, CancellationToken cancellation = default)
    {
        if (s_compilers.Any(IsOnPath)) return new InitContainerProgram(Path.Combine(await s_native.LocateAsync(say, cancellation), Executable), [], true);
        say("No C compiler (clang or gcc) is on the PATH: init containers run as JIT builds, which start slower and take more memory");
        return Jit(Publication.Metadata("RepositoryRoot"));
    }

    /// <summary>The executable as it is in the image, fully static. It is published first when these sources were not published yet.</summary>
    /// <param name="say">Receives a message before the publish.</param>
    /// <param name="cancellation">Cancels a publish that runs.</param>
    /// <exception cref="InvalidOperationException">The publish failed; it needs the packages that <c>src/InitContainer/Dockerfile</c> installs.</exception>
    public static async Task<string> LocateImageAsync(Action<string> say, CancellationToken cancellation) => Path.Combine(await s_image.LocateAsync(say, cancellation).ConfigureAwait(false), Executable);

    private static InitContainerProgram Jit(string root)
    {
        var assembly = Path.Combine(root, "artifacts", "bin", "InitContainer", Publication.Metadata("Configuration").ToLowerInvariant(), Executable + ".dll");
        return File.Exists(assembly)
            ? new InitContainerProgram(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [assembly], false)
            : throw new InvalidOperationException($"{assembly} is missing: build src/InitContainer");
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));
}
