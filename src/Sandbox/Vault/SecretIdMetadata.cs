using System.Text;
using System.Text.Json;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Parses the <c>metadata</c> of a secret_id request: JSON in a string, or <c>key=value</c> pairs with commas. Both may be base64.</summary>
internal static class SecretIdMetadata
{
    public static IReadOnlyDictionary<string, string> Parse(string? text)
    {
        var given = Plain(text?.Trim() ?? "");
        if (given.Length == 0) return new Dictionary<string, string>();
        var values = Json(given) ?? Pairs(given);
        foreach (var (key, value) in values)
        {
            if (value.Length == 0) throw new VaultRefusal(400, $"failed to parse metadata: invalid value for key \"{key}\"");
        }

        return values;
    }

    private static string Plain(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : text;
    }

    /// <summary>Null when the text is not an object of strings. A null value counts as empty, as in Go.</summary>
    private static Dictionary<string, string>? Json(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return null;
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var field in json.RootElement.EnumerateObject())
            {
                if (field.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) return null;
                values[field.Name] = field.Value.GetString() ?? "";
            }

            return values;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Pairs(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        // Vault converts the whole text to lower case. The last of equal keys applies.
        foreach (var pair in text.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        {
            if (pair.Split('=') is not [var left, var right]) throw Unfit("invalid <key,value> format");
            var (key, value) = (left.Trim(), right.Trim());
            if (key.Length == 0 || value.Length == 0) throw Unfit($"invalid <key,value> pair: key: \"{key}\" value: \"{value}\"");
            values[key] = value;
        }

        return values;
    }

    private static VaultRefusal Unfit(string why) => new(400, $"failed to parse metadata: failed to parse the input: {why}");
}
