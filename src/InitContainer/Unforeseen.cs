using System.Text;

namespace AkkaVault.InitContainer;

/// <summary>Exceptions that nobody foresaw, for people.</summary>
internal static class Unforeseen
{
    private const int LeastOfSecret = 20;

    // Of tokens, old and new, batch tokens and JWTs.
    private static readonly string[] s_prefixes = ["s.", "b.", "hvs.", "hvb.", "hvr.", "eyJ"];

    /// <summary>What went wrong, from the outermost cause to the innermost, and where.</summary>
    public static string Describe(Exception e) =>
        $"{string.Join(" <- ", Chain(e).Select(cause => $"{cause.GetType().FullName}: {Discreet(cause.Message)}"))} ({Where(e)})";

    /// <summary>The same without messages, for whoever sent the push.</summary>
    public static string Kinds(Exception e) => string.Join(" <- ", Chain(e).Select(cause => cause.GetType().Name));

    /// <summary>A message that nobody wrote for this may quote anything: without the words that can be a token or a secret_id.</summary>
    private static string Discreet(string message)
    {
        var discreet = new StringBuilder(message.Length);
        var begin = 0;
        for (var i = 0; i <= message.Length; i++)
        {
            if (i < message.Length && (char.IsAsciiLetterOrDigit(message[i]) || message[i] is '.' or '-' or '_')) continue;
            var word = message.AsSpan(begin, i - begin);
            discreet.Append(CanBeSecret(word) ? "***" : word);
            if (i < message.Length) discreet.Append(message[i]);
            begin = i + 1;
        }

        return discreet.ToString();
    }

    private static bool CanBeSecret(ReadOnlySpan<char> word)
    {
        if (word.Length < LeastOfSecret) return false;
        foreach (var prefix in s_prefixes)
        {
            if (word.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return word.IndexOfAnyInRange('0', '9') >= 0;
    }

    private static IEnumerable<Exception> Chain(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException) yield return cause;
    }

    // A frame names a method and no values.
    private static string Where(Exception e) =>
        e.StackTrace?.Split('\n').Select(frame => frame.Trim()).FirstOrDefault(frame => frame.Contains("AkkaVault", StringComparison.Ordinal)) ?? "nowhere in this program";
}
