using System.Globalization;
using System.Text;

namespace AkkaVault.Shared;

/// <summary>Text that people enter as settings, variables, annotations or files. It may contain invisible characters.</summary>
public static class SettingText
{
    /// <summary>
    /// The text without white space and invisible characters at its ends. A Secret made with <c>echo</c> ends in a line break; text copied
    /// from a web page or another system's editor may have no-break spaces and byte order marks at its ends.
    /// </summary>
    public static string Trim(string text)
    {
        var (begin, end) = (0, text.Length);
        while (begin < end && IsBlank(text[begin])) begin++;
        while (end > begin && IsBlank(text[end - 1])) end--;
        return text[begin..end];
    }

    /// <summary>Whether the text has line breaks, other control characters, or white space that is not a plain space.</summary>
    public static bool HasInvisible(string text) => text.Any(IsInvisible);

    /// <summary>Whether the text has spaces, or what <see cref="HasInvisible"/> finds.</summary>
    public static bool HasBlank(string text) => text.Any(c => c == ' ' || IsInvisible(c));

    /// <summary>Whether the text can be a Vault token or another credential: it has visible ASCII characters only.</summary>
    public static bool IsCredential(string text) => text.Length > 0 && text.All(c => c is > ' ' and <= '~');

    /// <summary>The text for messages: invisible characters are shown as escapes such as <c>\n</c>.</summary>
    public static string Visible(string text)
    {
        if (!HasInvisible(text)) return text;
        var visible = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (!IsInvisible(c)) visible.Append(c);
            else if (c is '\n' or '\r' or '\t') visible.Append('\\').Append(c switch { '\n' => 'n', '\r' => 'r', _ => 't' });
            else visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return visible.ToString();
    }

    private static bool IsInvisible(char c) => c != ' ' && (char.IsControl(c) || IsBlank(c));

    // Unicode counts zero-width spaces and byte order marks as format characters, not as white space.
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;
}
