using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Logging;

/// <summary>What is logged and how.</summary>
/// <param name="Level">The least level that is logged.</param>
/// <param name="Json">Whether each entry is a JSON object; else it is text.</param>
internal sealed record LogOptions(LogLevel Level, bool Json)
{
    /// <summary>From the options of the command line.</summary>
    /// <param name="level"><c>debug</c>, <c>info</c> or <c>error</c>, in any case.</param>
    /// <param name="format"><c>text</c> or <c>json</c>, in any case.</param>
    public static LogOptions Parse(string level, string format) =>
        new(level.ToLowerInvariant() switch { "debug" => LogLevel.Debug, "error" => LogLevel.Error, _ => LogLevel.Information }, format.Equals("json", StringComparison.OrdinalIgnoreCase));
}
