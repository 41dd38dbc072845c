using System.Security.Cryptography;
using System.Text;

namespace AkkaVault.Sandbox.Programs;

internal static class SourceHash
{
    private static readonly string[] s_files = ["Directory.Build.props", "Directory.Packages.props", "global.json"];

    /// <summary>Sixteen hexadecimal digits of a hash over the names and contents of all files that the program is built from.</summary>
    /// <param name="root">The repository's folder.</param>
    /// <param name="folders">The folders in <c>src</c> that the program is built from.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public static async Task<string> OfAsync(string root, IEnumerable<string> folders, CancellationToken cancellation)
    {
        var files = folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, "src", folder), "*", SearchOption.AllDirectories))
            .Concat(s_files.Select(file => Path.Combine(root, file)))
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => Path.GetExtension(file) is not (".md" or ".user") && !file.Contains("/obj/") && !file.Contains("/bin/"))
            .Order(StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(root, file), cancellation);
            hash.AppendData(Encoding.UTF8.GetBytes($"{file}\0{content.Length}\0"));
            hash.AppendData(content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
