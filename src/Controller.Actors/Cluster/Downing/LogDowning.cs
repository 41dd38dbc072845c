using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>The log messages about processes that are gone; docs/logs.md documents the ids.</summary>
internal static partial class LogDowning
{
    [LoggerMessage(1503, LogLevel.Information, "No process is at {Address} any more")]
    public static partial void ProcessGone(this ILogger log, string address);
}
