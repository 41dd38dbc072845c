using AkkaVault.Shared.Credentials;

namespace AkkaVault.InitContainer;

/// <summary>Writes the files that the application reads: each appears whole or not at all, the credential last.</summary>
/// <param name="directory">Where.</param>
public sealed class CredentialWriter(string directory)
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the CA bundle, if any, then the credential.</summary>
    /// <param name="name">The credential's file name.</param>
    /// <param name="content">Its content.</param>
    /// <param name="caBundle">The CA bundle, or null.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public void Write(string name, byte[] content, byte[]? caBundle)
    {
        Directory.CreateDirectory(directory);
        if (caBundle is { Length: > 0 }) WriteAtomically(CredentialFileNames.CaBundle, caBundle);
        WriteAtomically(name, content);
    }

    private void WriteAtomically(string name, byte[] content)
    {
        var temporary = Path.Combine(directory, $".{name}.{Environment.ProcessId}");
        try
        {
            File.Delete(temporary);
            using (var file = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.SetUnixFileMode(temporary, ReadableByAll);
            File.Move(temporary, Path.Combine(directory, name), overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
