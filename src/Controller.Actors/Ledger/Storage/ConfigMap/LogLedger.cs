using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>What is logged about the ledger's ConfigMap; the ids are documented in docs/logs.md.</summary>
internal static partial class LogLedger
{
    [LoggerMessage(1700, LogLevel.Information, "This process now owns {Ledger} as {Owner}, claim {ClaimNumber}, with {Events} events and {Snapshots} snapshots")]
    public static partial void Claimed(this ILogger log, string ledger, string owner, long claimNumber, int events, int snapshots);

    [LoggerMessage(1701, LogLevel.Warning, "{Other} has taken over {Ledger}. This process waits {Delay} before it claims the ledger back")]
    public static partial void LeftToOther(this ILogger log, string other, string ledger, TimeSpan delay);

    [LoggerMessage(1702, LogLevel.Error, "{Ledger} does not contain a valid ledger: {Complaint}. The ledger is rebuilt from a list of all pods; no pod is lost")]
    public static partial void BegunAnew(this ILogger log, string ledger, string complaint);

    [LoggerMessage(1703, LogLevel.Error, "{Ledger} is no longer owned by this process ({Owner}): {Explanation}. The last change was not stored, and nothing is sent because of it")]
    public static partial void Lost(this ILogger log, string ledger, string owner, string explanation);

    [LoggerMessage(1704, LogLevel.Error, "{Ledger} takes {Bytes} of the 1048576 bytes that a ConfigMap can hold, because too many pods wait for their secrets at once, or too many sidecars run")]
    public static partial void NearlyFull(this ILogger log, string ledger, int bytes);

    [LoggerMessage(1705, LogLevel.Warning, "{Ledger} cannot be read or written: {Problem}; trying again")]
    public static partial void NotWritten(this ILogger log, string ledger, string problem);

    [LoggerMessage(1706, LogLevel.Information, "{Ledger} was written after {Failures} failed attempts")]
    public static partial void WrittenAtLast(this ILogger log, string ledger, int failures);

    [LoggerMessage(1530, LogLevel.Warning, "{Ledger} is owned by {Other}, which was never in this cluster or has left it. The ledger is watched for {Seconds} s, and taken over if it does not change")]
    public static partial void WatchesOther(this ILogger log, string other, string ledger, double seconds);

    [LoggerMessage(1531, LogLevel.Warning, "{Ledger} cannot be read or claimed: {Problem}; no new cluster is formed until the ledger can be read and claimed")]
    public static partial void LedgerUnread(this ILogger log, string ledger, string problem);

    [LoggerMessage(1707, LogLevel.Critical, "{Ledger} is no longer written because of an unexpected error")]
    public static partial void LedgerWriterFailed(this ILogger log, Exception cause, string ledger);
}
