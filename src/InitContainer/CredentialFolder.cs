using System.Security.Cryptography;
using AkkaVault.Shared.Http;

namespace AkkaVault.InitContainer;

/// <summary>The folder that the application reads its credential from.</summary>
/// <param name="path"><c>CREDENTIALS_PATH</c>.</param>
internal sealed class CredentialFolder(string path)
{
    private const UnixFileMode Mode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Mode0444 = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Why files cannot be written into a folder, which is created when missing; null when they can.</summary>
    public static string? WhyNotWritable(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            var probe = Path.Combine(path, TemporaryName("probe"));
            using (Create(probe)) { }
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Causes.Of(e);
        }
    }

    /// <summary>
    /// Puts a file there in one step (a reader sees the old one or all of the new one), readable for everybody (0444) as the
    /// original's, since the application often runs as another user.
    /// </summary>
    /// <exception cref="IOException">It could not be written; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public void Put(string name, ReadOnlySpan<byte> content)
    {
        var temporary = Path.Combine(path, TemporaryName(name));
        try
        {
            using (var file = Create(temporary))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
                // Not left to the umask.
                File.SetUnixFileMode(file.SafeFileHandle, Mode0444);
            }

            File.Move(temporary, Path.Combine(path, name), overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Removes a file, if it is there.</summary>
    /// <exception cref="IOException">It could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public void Remove(string name) => File.Delete(Path.Combine(path, name));

    private static FileStream Create(string file) => new(file, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 0,
        UnixCreateMode = Mode0600,
    });

    private static string TemporaryName(string name) => $".{name}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp";
}
