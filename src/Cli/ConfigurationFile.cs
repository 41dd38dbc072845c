using AkkaVault.Controller.Configuration;
using AkkaVault.Shared.Http;

namespace AkkaVault.Cli;

/// <summary>The controllers' <c>kubernetes-vault.yml</c>, read as they read it.</summary>
internal static class ConfigurationFile
{
    /// <summary>Reads it, with all that is wrong with it.</summary>
    /// <exception cref="CommandException">There is no such file, or it cannot be read.</exception>
    public static async Task<ConfigurationResult> ReadAsync(FileInfo file, CancellationToken cancellation)
    {
        try
        {
            return ConfigurationReader.Read(await File.ReadAllTextAsync(file.FullName, cancellation).ConfigureAwait(false), Environment.GetEnvironmentVariable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Misused($"--config: \"{file.FullName}\": expected a file that can be read: {Causes.Of(e)}");
        }
    }

    /// <summary>Reads one that is to have no problem.</summary>
    /// <exception cref="CommandException">It has.</exception>
    public static async Task<ControllerConfiguration> ReadGoodAsync(FileInfo file, CancellationToken cancellation)
    {
        var result = await ReadAsync(file, cancellation).ConfigureAwait(false);
        return result.Configuration ?? throw CommandException.Misused($"--config: {file.Name} is wrong: {string.Join("; ", result.Problems)}");
    }
}
