using System.Security.Cryptography;
using AkkaVault.Shared.Http;

namespace AkkaVault.InitContainer;

/// <summary>The folder that the application reads its credential from.</summary>
/// <param name="path"><c>CREDENTIALS_PATH</c>.</param>
internal sealed class CredentialFolder(string path)
{
    private const UnixFileMode Mode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Mode0444 = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Why no files can be written into a folder; null: they can. A folder that is missing is created.</summary>
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
    /// Writes or replaces a file atomically: a reader sees the old file or all of the new one. Everybody may read it (0444), as in the
    /// original, because the application often runs as another user.
    /// </summary>
    /// <exception cref="IOException">It could not be written. No temporary file is left.</exception>
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
                // The umask may have taken rights away.
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
