using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;

namespace AkkaVault.Sandbox.Programs;

/// <summary>Where the two programs are, in the checkout that this assembly was built from.</summary>
public static class ProgramLocator
{
    private static readonly string Root = Metadata("RepositoryRoot");
    private static readonly string Configuration = Metadata("BuildConfiguration");

    /// <summary>The controller, as built along with the sandbox.</summary>
    public static ProgramCommand Controller { get; } =
        new("dotnet", [Path.Combine(Root, "artifacts", "bin", "Controller.Actors", Configuration, "AkkaVault.Controller.dll")]);

    /// <summary>
    /// The init container: native, published once for its sources and kept below <c>artifacts/native</c>; where there is no C
    /// compiler to link it, the JIT build.
    /// </summary>
    /// <param name="say">Is told what takes long, and what is missing.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It could not be published; the message holds the end of the compiler's output.</exception>
    public static async Task<ProgramCommand> InitContainerAsync(Action<string> say, CancellationToken cancellation)
    {
        if (!IsOnPath("clang") && !IsOnPath("gcc"))
        {
            say("no C compiler (clang or gcc) is on the PATH: the init container runs as its JIT build, which starts slower than the native one");
            return new ProgramCommand("dotnet", [Path.Combine(Root, "artifacts", "bin", "InitContainer", Configuration, "akkavault-init.dll")]);
        }

        var directory = Path.Combine(Root, "artifacts", "native", SourceHash());
        var executable = Path.Combine(directory, "akkavault-init");
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        await using var publishing = await LockAsync(directory + ".lock", cancellation).ConfigureAwait(false);
        if (!File.Exists(executable))
        {
            say("publishing the native init container, once for its sources (about half a minute)");
            await PublishAsync(directory, cancellation).ConfigureAwait(false);
        }

        return new ProgramCommand(executable, []);
    }

    private static async Task PublishAsync(string directory, CancellationToken cancellation)
    {
        var staging = directory + ".new";
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(Root, "src", "InitContainer"), "-c", "Release", "-o", staging, "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        if (process.ExitCode != 0) throw new InvalidOperationException($"the init container could not be published:\n{output[Math.Max(0, output.Length - 2000)..]}");
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        Directory.Move(staging, directory);
    }

    private static string SourceHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sources = new[] { "src/InitContainer", "src/Shared" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories))
            .Concat([Path.Combine(Root, "Directory.Build.props"), Path.Combine(Root, "Directory.Packages.props")])
            .Order(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(Path.GetRelativePath(Root, source)));
            hash.AppendData(File.ReadAllBytes(source));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    // Two processes that start at once publish once.
    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(200, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));

    private static string Metadata(string key) => typeof(ProgramLocator).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
