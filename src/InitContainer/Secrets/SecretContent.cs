using System.Text;
using System.Text.Json;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>The content of a secret file.</summary>
internal static class SecretContent
{
    private const int ShownFields = 20;

    /// <summary>Makes the content of one file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="data">The secret's data.</param>
    /// <param name="problem">Why the content cannot be made. It names fields and quotes no values.</param>
    public static byte[]? Render(SecretFile file, JsonElement data, out string? problem)
    {
        problem = null;
        switch (file.Format)
        {
            case SecretFormat.Json: return Encoding.UTF8.GetBytes(data.GetRawText());
            case SecretFormat.Env: return RenderEnv(file, data, out problem);
            case SecretFormat.Value when data.TryGetProperty(file.Field, out var value): return Encoding.UTF8.GetBytes(Text(value));
            case SecretFormat.Value:
                problem = $"it has no field {file.Field}; it has {Fields(data)}";
                return null;
            default: throw new ArgumentOutOfRangeException(nameof(file), file.Format, "not a format");
        }
    }

    private static byte[]? RenderEnv(SecretFile file, JsonElement data, out string? problem)
    {
        problem = null;
        var lines = new StringBuilder();
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in data.EnumerateObject())
        {
            var key = Key(field.Name);
            if (!fields.TryAdd(key, field.Name)) problem = $"its fields {fields[key]} and {field.Name} would both be {key} in {file.Name}";
            var value = Text(field.Value);
            if (value.Contains('\0', StringComparison.Ordinal)) problem = $"its field {field.Name} has a zero byte, which no shell takes from {file.Name}";
            if (problem is not null) return null;
            // Within single quotes only the single quote itself has a meaning to a shell.
            lines.Append(key).Append("='").Append(value.Replace("'", "'\\''", StringComparison.Ordinal)).Append("'\n");
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    /// <summary>The name of a field as a shell variable: every character but letters, digits and underscores becomes an underscore.</summary>
    private static string Key(string name)
    {
        var key = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) key.Append('_');
        foreach (var c in name) key.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        return key.ToString();
    }

    private static string Fields(JsonElement data)
    {
        var names = new List<string>();
        foreach (var field in data.EnumerateObject())
        {
            if (names.Count < ShownFields) names.Add(field.Name);
        }

        return string.Join(", ", names);
    }

    /// <summary>The value as text: a string unchanged, null as nothing, everything else as JSON.</summary>
    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
