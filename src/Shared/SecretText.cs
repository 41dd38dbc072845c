using System.Text;

namespace AkkaVault.Shared;

/// <summary>Texts of others, which may quote a secret, without what looks like one.</summary>
public static class SecretText
{
    private const string Hidden = "***";
    private const int LeastLength = 20;
    private const int UuidLength = 36;

    // Vault's tokens, old and new, its batch tokens, and JWTs.
    private static readonly string[] s_prefixes = ["s.", "b.", "r.", "hvs.", "hvb.", "hvr.", "eyJ"];

    /// <summary>A text with <c>***</c> for each word that is like a token of Vault's, a JWT, or a UUID, as a secret_id is one.</summary>
    public static string Mask(string text) => Mask(text, IsLikeSecret);

    /// <summary>The same, and <c>***</c> for each long word with a digit: a secret_id may be of any kind, and the text may quote anything.</summary>
    public static string MaskStrictly(string text) => Mask(text, word => word.IndexOfAnyInRange('0', '9') >= 0 || IsLikeSecret(word));

    private static string Mask(string text, Func<ReadOnlySpan<char>, bool> isSecret)
    {
        var masked = new StringBuilder(text.Length);
        var begin = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsOfWord(text[i])) continue;
            var word = text.AsSpan(begin, i - begin);
            masked.Append(word.Length >= LeastLength && isSecret(word) ? Hidden : word);
            if (i < text.Length) masked.Append(text[i]);
            begin = i + 1;
        }

        return masked.ToString();
    }

    private static bool IsOfWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';

    /// <summary>Whether a secret begins where the word does, or after a dot, a hyphen or an underscore in it.</summary>
    private static bool IsLikeSecret(ReadOnlySpan<char> word)
    {
        for (var i = 0; i <= word.Length - LeastLength; i++)
        {
            if (i > 0 && char.IsAsciiLetterOrDigit(word[i - 1])) continue;
            var rest = word[i..];
            if (rest.Length >= UuidLength && Guid.TryParseExact(rest[..UuidLength], "D", out _)) return true;
            foreach (var prefix in s_prefixes)
            {
                if (rest.StartsWith(prefix, StringComparison.Ordinal)) return true;
            }
        }

        return false;
    }
}
