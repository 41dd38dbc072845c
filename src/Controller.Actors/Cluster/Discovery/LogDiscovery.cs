using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Discovery;

/// <summary>The log messages about looking up the other controllers; docs/logs.md documents the ids.</summary>
internal static partial class LogDiscovery
{
    [LoggerMessage(1502, LogLevel.Warning, "The other controllers cannot be looked up: {Problem}; trying again")]
    public static partial void LookupFailed(this ILogger log, string problem);
}
