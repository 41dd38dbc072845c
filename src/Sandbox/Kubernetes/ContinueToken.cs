using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>The start of the next page of a list.</summary>
/// <param name="Version">The version of the first page, which all pages show.</param>
/// <param name="After">The last object of the previous page, as <c>namespace/name</c>.</param>
internal sealed record ContinueToken(long Version, string After)
{
    /// <summary>Parses a token.</summary>
    /// <exception cref="ApiRefusal">400: the text is not a token.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var bytes = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=').Replace('-', '+').Replace('_', '/'));
            if (bytes is not [(byte)'{', ..])
                throw Invalid($"invalid character '{(bytes is [var first and >= 32 and < 127, ..] ? $"{(char)first}" : $"\\u00{bytes.FirstOrDefault():x2}")}' looking for beginning of value");
            var json = JsonNode.Parse(bytes)!;
            return new ContinueToken((long)json["rv"]!, (string)json["start"]!);
        }
        catch (Exception e) when (e is FormatException or JsonException or NullReferenceException)
        {
            throw Invalid(e.Message);
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Version, ["start"] = After }.ToJsonString())).TrimEnd('=');

    private static ApiRefusal Invalid(string why) => ApiRefusal.BadRequest($"invalid continue token: continue key is not valid: {why}");
}
