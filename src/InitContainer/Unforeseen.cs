using AkkaVault.Shared;

namespace AkkaVault.InitContainer;

/// <summary>Texts of unforeseen exceptions, for people. Their messages may quote anything, so what may be a secret is masked.</summary>
internal static class Unforeseen
{
    /// <summary>What went wrong, from the outermost cause to the innermost, and where.</summary>
    public static string Describe(Exception e) =>
        $"{string.Join(" <- ", Chain(e).Select(cause => $"{cause.GetType().FullName}: {SecretText.MaskStrictly(cause.Message)}"))} ({Where(e)})";

    /// <summary>The same without messages, for whoever sent the push.</summary>
    public static string Kinds(Exception e) => string.Join(" <- ", Chain(e).Select(cause => cause.GetType().Name));

    private static IEnumerable<Exception> Chain(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException) yield return cause;
    }

    // A frame names a method and no values.
    private static string Where(Exception e) =>
        e.StackTrace?.Split('\n').Select(frame => frame.Trim()).FirstOrDefault(frame => frame.Contains("AkkaVault", StringComparison.Ordinal)) ?? "nowhere in this program";
}
