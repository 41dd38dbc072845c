using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>The log messages about whether the API server is reached; docs/logs.md documents the ids.</summary>
internal static partial class LogReachability
{
    [LoggerMessage(1504, LogLevel.Warning, "This controller leads and has not reached the API server for {Seconds} s ({Problem}); asking the other controllers whether they reach it")]
    public static partial void AsksWhoReaches(this ILogger log, long seconds, string? problem);

    [LoggerMessage(1505, LogLevel.Error, "This controller leads and has not reached the API server for {Seconds} s ({Problem}), but {Members} can reach it. This controller leaves the cluster, and another one leads")]
    public static partial void LeavesToReach(this ILogger log, long seconds, string? problem, string members);
}
