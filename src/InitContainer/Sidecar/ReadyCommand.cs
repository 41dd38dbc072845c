using System.Text.Json;
using AkkaVault.InitContainer.Secrets;
using AkkaVault.Shared;
using AkkaVault.Shared.Credentials;
using AkkaVault.Shared.Http;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary><c>akkavault-init ready</c>, a sidecar's startup probe: whether this run has written the token file and its token lives.</summary>
internal static class ReadyCommand
{
    /// <summary>Looks at the token file.</summary>
    /// <param name="variable">The value of an environment variable, null when unset.</param>
    /// <param name="startedAt">When this container was started; null: it is not known.</param>
    /// <param name="output">Says why it is not ready. The kubelet shows that in an event.</param>
    /// <returns>0 when it is ready, 1 when it is not.</returns>
    public static int Run(Func<string, string?> variable, DateTime? startedAt, TextWriter output)
    {
        var folder = SettingText.Trim(variable("CREDENTIALS_PATH") ?? "") is { Length: > 0 } path ? path : Settings.DefaultCredentialsPath;
        if ((WhyNot(Path.Combine(folder, CredentialFileNames.VaultToken), startedAt, DateTime.UtcNow) ?? SecretFiles.WhyNotReady(variable, folder)) is not { } reason) return ExitCodes.Delivered;
        output.WriteLine(reason);
        return ExitCodes.Failed;
    }

    private static string? WhyNot(string file, DateTime? startedAt, DateTime now)
    {
        try
        {
            // Each renewal writes the file again.
            var writtenAt = File.GetLastWriteTimeUtc(file);
            var token = JsonSerializer.Deserialize(File.ReadAllBytes(file), CredentialJson.Default.VaultToken);
            if (token is null) return $"{file} holds no token";
            // A token of an earlier run may be revoked by now. Only Vault knows that.
            if (writtenAt < startedAt) return $"no token yet: {file} was written before this container was started";
            return token.LeaseDuration > 0 && writtenAt.AddSeconds(token.LeaseDuration) <= now ? $"the token in {file} has expired" : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"no token yet: {file} is not there";
        }
        catch (JsonException)
        {
            // The cause is left out, because it may quote the file.
            return $"{file} is not the file that a sidecar writes";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be read: {Causes.Of(e)}";
        }
    }
}
