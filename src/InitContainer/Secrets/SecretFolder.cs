using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>
/// The files of secrets, which change all at once, as those of kubelet's volumes do: they are in a folder of their own, the link
/// <c>..data</c> points to it, and each visible name is a link into <c>..data</c>. One rename of <c>..data</c> exchanges all.
/// </summary>
/// <param name="path"><c>CREDENTIALS_PATH</c>.</param>
internal sealed partial class SecretFolder(string path)
{
    private const string Data = "..data";
    private const UnixFileMode Mode0444 = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Mode0755 = Mode0444 | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Exchanges all files. <see cref="RemoveOld"/> removes the folder that was in use before.</summary>
    /// <param name="files">Every file, by its name.</param>
    /// <exception cref="IOException">They could not be written. The earlier files are still in use.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public void Write(IReadOnlyDictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(path);
        var version = $"..{DateTime.UtcNow.ToString("yyyy_MM_dd_HH_mm_ss", CultureInfo.InvariantCulture)}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var folder = Path.Combine(path, version);
        try
        {
            CreateFolder(folder);
            foreach (var (name, content) in files) Create(folder, name, content);
            Link(Data, version);
        }
        catch
        {
            if (Directory.Exists(folder)) Remove(folder);
            throw;
        }

        // After the exchange, so that a link never points to nothing.
        foreach (var file in files.Keys)
        {
            var name = file.Split('/')[0];
            var target = $"{Data}/{name}";
            if (new FileInfo(Path.Combine(path, name)).LinkTarget != target) Link(name, target);
        }
    }

    /// <summary>Removes all folders but the one in use, including those that an earlier run has left.</summary>
    /// <exception cref="IOException">One could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public void RemoveOld()
    {
        var used = new FileInfo(Path.Combine(path, Data)).LinkTarget;
        foreach (var folder in Directory.GetDirectories(path))
        {
            if (Path.GetFileName(folder) is ['.', '.', >= '0' and <= '9', ..] name && name != used) Remove(folder);
        }
    }

    /// <summary>The first file that is missing; null: none is.</summary>
    public string? FindMissing(IReadOnlyList<SecretFile> files)
    {
        foreach (var file in files)
        {
            if (Path.Combine(path, file.Name) is var full && !File.Exists(full)) return full;
        }

        return null;
    }

    // Directory.Delete(recursive) would add much code to the executable, which nothing else needs.
    private static void Remove(string folder)
    {
        foreach (var file in Directory.GetFiles(folder)) File.Delete(file);
        foreach (var below in Directory.GetDirectories(folder)) Remove(below);
        Directory.Delete(folder);
    }

    private static void Create(string folder, string name, byte[] content)
    {
        var parts = name.Split('/');
        foreach (var part in parts[..^1])
        {
            folder = Path.Combine(folder, part);
            if (!Directory.Exists(folder)) CreateFolder(folder);
        }

        using var file = new FileStream(Path.Combine(folder, parts[^1]), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(content);
        file.Flush(flushToDisk: true);
        File.SetUnixFileMode(file.SafeFileHandle, Mode0444);
    }

    private static void CreateFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        // The umask may have taken rights away, and the application often runs as another user.
        File.SetUnixFileMode(folder, Mode0755);
    }

    /// <summary>Writes or replaces a link atomically.</summary>
    private void Link(string name, string target)
    {
        var temporary = Path.Combine(path, $"..tmp.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        try
        {
            File.CreateSymbolicLink(temporary, target);
            // File.Move and Directory.Move follow the link.
            if (Rename(temporary, Path.Combine(path, name)) != 0)
                throw new IOException($"{name} cannot be linked to {target}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Rename(string from, string to);
}
