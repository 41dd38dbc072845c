using System.Globalization;
using System.Text;

namespace AkkaVault.Shared;

/// <summary>Text that people enter as settings, variables, annotations or files, and that may hold characters that nobody sees.</summary>
public static class SettingText
{
    /// <summary>
    /// Without white space and invisible characters at its ends: a Secret made with <c>echo</c> ends in a line break, what comes
    /// from a web page or another system's editor in no-break spaces and byte order marks.
    /// </summary>
    public static string Trim(string text)
    {
        var (begin, end) = (0, text.Length);
        while (begin < end && IsBlank(text[begin])) begin++;
        while (end > begin && IsBlank(text[end - 1])) end--;
        return text[begin..end];
    }

    /// <summary>Whether it has line breaks, other control characters, or blanks that are not a space.</summary>
    public static bool HasInvisible(string text) => text.Any(IsInvisible);

    /// <summary>Whether it has spaces, or what <see cref="HasInvisible"/> finds: it is not one word.</summary>
    public static bool HasBlank(string text) => text.Any(c => c == ' ' || IsInvisible(c));

    /// <summary>Whether it can be a token or another credential of Vault's: visible ASCII characters.</summary>
    public static bool IsCredential(string text) => text.Length > 0 && text.All(c => c is > ' ' and <= '~');

    /// <summary>For messages: with escapes such as <c>\n</c> for what nobody would see.</summary>
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

    // Zero-width spaces and byte order marks are format characters, not white space.
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;
}
