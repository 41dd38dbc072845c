using System.Globalization;
using System.Text;
using System.Text.Json;
using AkkaVault.Shared;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Push;

namespace AkkaVault.Controller.Deliveries.Push;

/// <summary>
/// Reads the answer that rejects a push. Anything may listen on a pod's port and answer anything. Its words are used only if it gives
/// one of the init container's reasons: cut to a length, printable, and without what may be a secret.
/// </summary>
internal static class RejectionAnswer
{
    /// <summary>The longest detail.</summary>
    public const int LongestDetail = 200;

    private const string Hidden = "***";

    /// <summary>The reason and the words for people; both may be empty, as they are of the original's init container.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="token">The wrapping token that was pushed: never repeated.</param>
    public static (string Reason, string Detail) Read(byte[] body, string token)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Text(json.RootElement, "reason") is { } reason && PushRejection.IsKnown(reason)
                ? (reason, Text(json.RootElement, "detail") is { } detail ? Shown(detail, token) : "")
                : ("", "");
        }
        // The answer is no JSON, or has a string that is no Unicode.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ("", "");
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Shown(string detail, string token)
    {
        var printable = new StringBuilder(detail.Length);
        foreach (var rune in detail.EnumerateRunes()) printable.Append(IsPrintable(rune) ? rune.ToString() : " ");
        // Masked before it is cut, so that no part of a secret is shown.
        var masked = UserInfo.Mask(SecretText.Mask(printable.Replace(token, Hidden).ToString())).Trim();
        if (masked.Length <= LongestDetail) return masked;
        // A surrogate pair is not cut in half.
        var end = char.IsHighSurrogate(masked[LongestDetail - 2]) ? LongestDetail - 2 : LongestDetail - 1;
        return $"{masked[..end]}…";
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
