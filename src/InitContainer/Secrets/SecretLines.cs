using System.Text;
using AkkaVault.Shared;
using AkkaVault.Shared.Credentials;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>Reads <c>VAULT_SECRETS</c>: a line for each file; empty lines and those that begin with <c>#</c> count for nothing.</summary>
internal static class SecretLines
{
    /// <summary>The variable.</summary>
    public const string Variable = "VAULT_SECRETS";

    // A file system's limit.
    private const int LongestName = 255;

    private const string Forms = "FILE = PATH, FILE = PATH#FIELD or FILE.env = PATH";

    /// <summary>Reads all lines.</summary>
    /// <param name="text">The variable's value.</param>
    /// <param name="problems">Everything that is wrong, each with the line's number, the line and what is expected.</param>
    public static IReadOnlyList<SecretFile> Parse(string text, List<string> problems)
    {
        var files = new List<(SecretFile File, int Line)>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = SettingText.Trim(lines[i]);
            if (line.Length == 0 || line[0] == '#') continue;
            var (file, expected) = ParseLine(line);
            if (file is not null) expected = WhyTaken(file.Name, files);
            if (expected is not null) problems.Add($"VAULT_SECRETS={SettingText.Visible(line)} (line {i + 1}), expected {expected}");
            else files.Add((file!, i + 1));
        }

        return [.. files.Select(file => file.File)];
    }

    private static (SecretFile? File, string? Expected) ParseLine(string line)
    {
        var sign = line.IndexOf('=');
        if (sign < 0) return (null, Forms);
        var name = SettingText.Trim(line[..sign]);
        var source = SettingText.Trim(line[(sign + 1)..]);
        if (name.Length == 0 || source.Length == 0) return (null, Forms);
        if (SettingText.HasInvisible(name) || SettingText.HasInvisible(source)) return (null, "no invisible characters in it");
        if (WhyNotAName(name) is { } unfit) return (null, unfit);
        var hash = source.LastIndexOf('#');
        if (hash == source.Length - 1) return (null, "the name of a field after #");
        var path = SecretPath.Parse(hash < 0 ? source : SettingText.Trim(source[..hash]), out var expected);
        if (path is null) return (null, expected);
        var format = hash >= 0 ? SecretFormat.Value : name.EndsWith(".env", StringComparison.Ordinal) ? SecretFormat.Env : SecretFormat.Json;
        return (new SecretFile(name, path, format, hash < 0 ? "" : SettingText.Trim(source[(hash + 1)..])), null);
    }

    private static string? WhyNotAName(string name)
    {
        var parts = name.Split('/');
        // Two dots begin the names that the swap of all files needs.
        if (parts.Any(part => part is "" or "." || part.StartsWith("..", StringComparison.Ordinal)))
            return "a FILE that is relative to CREDENTIALS_PATH, without empty parts and without parts that begin with two dots";
        if (parts.Any(part => Encoding.UTF8.GetByteCount(part) > LongestName)) return $"a FILE without parts of more than {LongestName} bytes";
        return parts[0] is CredentialFileNames.VaultToken or CredentialFileNames.VaultSecretId or CredentialFileNames.VaultWrappedSecretId or CredentialFileNames.CaBundle
            ? $"another FILE: {parts[0]} is the init container's own"
            : null;
    }

    private static string? WhyTaken(string name, List<(SecretFile File, int Line)> files)
    {
        foreach (var (other, line) in files)
        {
            if (other.Name == name) return $"another FILE: line {line} has it";
            if (other.Name.StartsWith($"{name}/", StringComparison.Ordinal)) return $"another FILE: in line {line} it is a folder";
            if (name.StartsWith($"{other.Name}/", StringComparison.Ordinal)) return $"another FILE: {other.Name} of line {line} is no folder";
        }

        return null;
    }
}
