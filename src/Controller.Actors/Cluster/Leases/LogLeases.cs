using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Leases;

/// <summary>The log messages about the Lease; docs/logs.md documents the ids.</summary>
internal static partial class LogLeases
{
    [LoggerMessage(1510, LogLevel.Information, "The Lease is taken by this controller")]
    public static partial void LeaseTaken(this ILogger log);

    [LoggerMessage(1511, LogLevel.Warning, "The Lease is held by {Holder}")]
    public static partial void LeaseHeld(this ILogger log, string holder);

    [LoggerMessage(1512, LogLevel.Error, "The Lease could not be taken: {Problem}")]
    public static partial void LeaseNotTaken(this ILogger log, string problem);

    [LoggerMessage(1513, LogLevel.Warning, "The Lease could not be renewed, trying again: {Problem}")]
    public static partial void LeaseNotRenewed(this ILogger log, string problem);

    [LoggerMessage(1514, LogLevel.Error, "The Lease is lost: {Why}")]
    public static partial void LeaseLost(this ILogger log, string why);
}
