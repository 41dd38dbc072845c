using System.Security.Cryptography;
using System.Text;

namespace AkkaVault.Controller.Watching;

/// <summary>How far the watch has come, and which pods were selected by then. Other pods were never seen; a watch shows them only once they change.</summary>
/// <param name="Version">The <c>resourceVersion</c> that was taken in last; empty: none was.</param>
/// <param name="Selection">Which pods were selected when they were last listed, as <see cref="SelectionOf"/> gives it; empty: not known.</param>
internal readonly record struct ResumeToken(string Version, string Selection)
{
    private const char Separator = '@';

    /// <summary>Reads what <see cref="ToString"/> wrote, or a version alone.</summary>
    public static ResumeToken Parse(string text) => text.LastIndexOf(Separator) is >= 0 and var at ? new(text[..at], text[(at + 1)..]) : new(text, "");

    /// <summary>A short hash of everything that decides which pods are seen.</summary>
    public static string SelectionOf(params IEnumerable<string> parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))), 0, 4);

    /// <summary>The stored form.</summary>
    public override string ToString() => Version.Length == 0 || Selection.Length == 0 ? Version : $"{Version}{Separator}{Selection}";
}
