using System.Text;

namespace AkkaVault.Controller.Configuration;

/// <summary>
/// Replaces <c>$VAR</c> and <c>${VAR}</c> in configuration values, as Go's <c>os.ExpandEnv</c> does in the original: a variable that is
/// not set becomes empty, and a <c>$</c> without a name after it stays.
/// </summary>
internal static class EnvironmentExpansion
{
    private const string OneCharacterNames = "*#$@!?-0123456789";

    /// <summary>Replaces the variables in a value once; variables in the result are not replaced.</summary>
    /// <param name="text">The value.</param>
    /// <param name="variable">Returns the value of a variable, or null if it is not set.</param>
    public static string Expand(string text, Func<string, string?> variable)
    {
        if (!text.Contains('$')) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            var (name, length) = NameAt(text.AsSpan(i + 1));
            if (length == 0) result.Append('$');
            else if (name.Length > 0) result.Append(variable(name));
            i += length;
        }

        return result.ToString();
    }

    /// <summary>The name after a <c>$</c>, and the number of characters that the name and its braces take.</summary>
    private static (string Name, int Length) NameAt(ReadOnlySpan<char> text)
    {
        if (text[0] == '{')
        {
            var close = text.IndexOf('}');
            // Go drops bad syntax: "${" alone, or "${}".
            return close < 0 ? ("", 1) : (text[1..close].ToString(), close + 1);
        }

        if (OneCharacterNames.Contains(text[0])) return (text[..1].ToString(), 1);
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_')) length++;
        return (text[..length].ToString(), length);
    }
}
