using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Certificates;

/// <summary>What is logged about certificates and CA bundles; the ids are documented in docs/logs.md.</summary>
internal static partial class LogCertificates
{
    [LoggerMessage(1600, LogLevel.Information, "{What}: {Text}")]
    public static partial void Loaded(this ILogger log, string what, string text);

    [LoggerMessage(1601, LogLevel.Error, "{What} could not be loaded, trying again: {Problem}")]
    public static partial void NotLoaded(this ILogger log, string what, string problem);
}
