using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>The log messages about members that are taken out of the cluster; docs/logs.md documents the ids.</summary>
internal static partial class LogDowning
{
    [LoggerMessage(1503, LogLevel.Information, "The process at {Address} has ended")]
    public static partial void ProcessGone(this ILogger log, string address);

    [LoggerMessage(1507, LogLevel.Warning, "Taken out of the cluster by {Members}")]
    public static partial void QuarantinedBy(this ILogger log, string members);
}
