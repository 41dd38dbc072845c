using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>The log messages about processes that are gone; docs/logs.md documents the ids.</summary>
internal static partial class LogDowning
{
    [LoggerMessage(1503, LogLevel.Information, "The process at {Address} has ended")]
    public static partial void ProcessGone(this ILogger log, string address);
}
