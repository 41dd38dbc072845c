using System.Text.Json;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The <c>metadata</c> of a secret_id request: JSON in a string, or <c>key=value</c> pairs with commas.</summary>
internal static class SecretIdMetadata
{
    public static IReadOnlyDictionary<string, string> Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return new Dictionary<string, string>();
        if (text.TrimStart().StartsWith('{'))
        {
            try
            {
                using var json = JsonDocument.Parse(text);
                if (json.RootElement.EnumerateObject().All(field => field.Value.ValueKind == JsonValueKind.String))
                    return json.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString()!);
            }
            catch (JsonException)
            {
                throw Unfit();
            }

            throw Unfit();
        }

        var pairs = text.Split(',', StringSplitOptions.TrimEntries).Select(pair => pair.Split('=', 2)).ToList();
        return pairs.All(pair => pair is [{ Length: > 0 }, _])
            ? pairs.GroupBy(pair => pair[0].Trim()).ToDictionary(group => group.Key, group => group.Last()[1].Trim())
            : throw Unfit();
    }

    private static VaultRefusal Unfit() => new(400, "failed to parse metadata: failed to parse the input: invalid <key,value> format");
}
