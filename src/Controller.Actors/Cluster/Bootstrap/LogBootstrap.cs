using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>The log messages about joining and forming a cluster; docs/logs.md documents the ids.</summary>
internal static partial class LogBootstrap
{
    [LoggerMessage(1500, LogLevel.Information, "Cluster: {Progress}")]
    public static partial void Forming(this ILogger log, string progress);

    [LoggerMessage(1501, LogLevel.Error, "Another cluster, that of {Owner}, owns the ledger: all members of this cluster leave it, and join the other one when they are started again")]
    public static partial void GivesWay(this ILogger log, string owner);
}
