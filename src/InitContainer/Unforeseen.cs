using AkkaVault.Shared;

namespace AkkaVault.InitContainer;

/// <summary>Texts of unforeseen exceptions, for people. A message may quote anything, so everything in it that may be a secret is masked.</summary>
internal static class Unforeseen
{
    /// <summary>The messages, from the outermost exception to the innermost, and the place in the code.</summary>
    public static string Describe(Exception e) =>
        $"{string.Join(" <- ", Chain(e).Select(cause => $"{cause.GetType().FullName}: {SecretText.MaskStrictly(cause.Message)}"))} ({Where(e)})";

    /// <summary>The types of the exceptions, without messages, for the sender of the push.</summary>
    public static string Kinds(Exception e) => string.Join(" <- ", Chain(e).Select(cause => cause.GetType().Name));

    private static IEnumerable<Exception> Chain(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException) yield return cause;
    }

    // A stack frame names a method and has no values.
    private static string Where(Exception e) =>
        e.StackTrace?.Split('\n').Select(frame => frame.Trim()).FirstOrDefault(frame => frame.Contains("AkkaVault", StringComparison.Ordinal)) ?? "nowhere in this program";
}
