using AkkaVault.Controller.Configuration;
using AkkaVault.Shared.Http;

namespace AkkaVault.Cli;

/// <summary>The controllers' <c>kubernetes-vault.yml</c>, read with the controllers' own reader.</summary>
internal static class ConfigurationFile
{
    /// <summary>Reads the file. The result holds all problems.</summary>
    /// <exception cref="CommandException">The file does not exist or cannot be read.</exception>
    public static async Task<ConfigurationResult> ReadAsync(FileInfo file, CancellationToken cancellation) =>
        ConfigurationReader.Read(await TextAsync(file, cancellation).ConfigureAwait(false), Environment.GetEnvironmentVariable);

    /// <summary>Reads only which pods are watched. Other problems are ignored: the file's variables are set where a controller runs, and not here.</summary>
    /// <exception cref="CommandException">The file does not exist, cannot be read, or does not say which pods are watched.</exception>
    public static async Task<WatchedPods> ReadWatchedAsync(FileInfo file, CancellationToken cancellation)
    {
        var (watched, problems) = ConfigurationReader.ReadWatched(await TextAsync(file, cancellation).ConfigureAwait(false), Environment.GetEnvironmentVariable);
        return watched ?? throw CommandException.Misused($"--config: {file.Name} is wrong: {string.Join("; ", problems)}");
    }

    private static async Task<string> TextAsync(FileInfo file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(file.FullName, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Misused($"--config: \"{file.FullName}\": expected a file that can be read: {Causes.Of(e)}");
        }
    }
}
