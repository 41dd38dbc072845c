using System.Text;

namespace AkkaVault.Shared;

/// <summary>Masks words that look like a secret, in texts of other programs and libraries, which may quote one.</summary>
public static class SecretText
{
    private const string Hidden = "***";
    private const int LeastLength = 20;
    private const int UuidLength = 36;

    // The beginnings of Vault's old and new tokens, of its batch and recovery tokens, and of JWTs.
    private static readonly string[] s_prefixes = ["s.", "b.", "r.", "hvs.", "hvb.", "hvr.", "eyJ"];

    /// <summary>The text with <c>***</c> in place of each word that looks like a Vault token, a JWT or a UUID. Vault's own secret_ids are UUIDs.</summary>
    public static string Mask(string text) => Mask(text, IsLikeSecret);

    /// <summary>Masks the words that <see cref="Mask(string)"/> masks, and each long word with a digit: a secret_id may have any form, and the text may quote anything.</summary>
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

    /// <summary>Whether something like a secret begins at the start of the word, or after a character that is neither a letter nor a digit.</summary>
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
