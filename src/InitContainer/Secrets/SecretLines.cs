using System.Text;
using AkkaVault.Shared;
using AkkaVault.Shared.Credentials;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>Reads <c>VAULT_SECRETS</c>: one line for each file. Empty lines and lines that begin with <c>#</c> are ignored.</summary>
internal static class SecretLines
{
    /// <summary>The variable.</summary>
    public const string Variable = "VAULT_SECRETS";

    // A file system's limit.
    private const int LongestName = 255;

    private const string Forms = "FILE = PATH, FILE = PATH#FIELD or FILE.env = PATH";

    /// <summary>Reads all lines.</summary>
    /// <param name="text">The variable's value.</param>
    /// <param name="problems">All problems. Each has the number of the line, the line and what was expected.</param>
    public static IReadOnlyList<SecretFile> Parse(string text, List<string> problems)
    {
        var files = new List<SecretFile>();
        var numbers = new List<int>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = SettingText.Trim(lines[i]);
            if (line.Length == 0 || line[0] == '#') continue;
            var file = ParseLine(line, out var expected);
            if (file is not null) expected = WhyTaken(file.Name, files, numbers);
            if (expected is not null)
            {
                problems.Add($"VAULT_SECRETS={SettingText.Visible(line)} (line {i + 1}), expected {expected}");
                continue;
            }

            files.Add(file!);
            numbers.Add(i + 1);
        }

        return files;
    }

    private static SecretFile? ParseLine(string line, out string? expected)
    {
        expected = Forms;
        var sign = line.IndexOf('=');
        if (sign < 0) return null;
        var name = SettingText.Trim(line[..sign]);
        var source = SettingText.Trim(line[(sign + 1)..]);
        if (name.Length == 0 || source.Length == 0) return null;
        expected = SettingText.HasInvisible(name) || SettingText.HasInvisible(source) ? "no invisible characters in it" : WhyNotAName(name);
        if (expected is not null) return null;
        var hash = source.LastIndexOf('#');
        expected = "the name of a field after #";
        if (hash == source.Length - 1) return null;
        if (SecretPath.Parse(hash < 0 ? source : SettingText.Trim(source[..hash]), out expected) is not { } path) return null;
        var format = hash >= 0 ? SecretFormat.Value : name.EndsWith(".env", StringComparison.Ordinal) ? SecretFormat.Env : SecretFormat.Json;
        return new SecretFile(name, path, format, hash < 0 ? "" : SettingText.Trim(source[(hash + 1)..]));
    }

    private static string? WhyNotAName(string name)
    {
        var parts = name.Split('/');
        foreach (var part in parts)
        {
            // Names that begin with two dots are reserved for the exchange of all files in one step.
            if (part is "" or "." || part.StartsWith("..", StringComparison.Ordinal))
                return "a FILE that is relative to CREDENTIALS_PATH, without empty parts and without parts that begin with two dots";
            if (Encoding.UTF8.GetByteCount(part) > LongestName) return $"a FILE without parts of more than {LongestName} bytes";
        }

        return parts[0] is CredentialFileNames.VaultToken or CredentialFileNames.VaultSecretId or CredentialFileNames.VaultWrappedSecretId or CredentialFileNames.CaBundle
            ? $"another FILE: {parts[0]} is the init container's own"
            : null;
    }

    private static string? WhyTaken(string name, List<SecretFile> files, List<int> numbers)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var (other, line) = (files[i], numbers[i]);
            if (other.Name == name) return $"another FILE: line {line} has it";
            if (other.Name.StartsWith($"{name}/", StringComparison.Ordinal)) return $"another FILE: in line {line} it is a folder";
            if (name.StartsWith($"{other.Name}/", StringComparison.Ordinal)) return $"another FILE: {other.Name} of line {line} is not a folder";
        }

        return null;
    }
}
