using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>What is logged about the ledger's ConfigMap; the ids are documented in docs/logs.md.</summary>
internal static partial class LogLedger
{
    [LoggerMessage(1700, LogLevel.Information, "{Ledger} is this process' ({Holder}, claim {Epoch}): {Events} events after {Snapshots} snapshots")]
    public static partial void Claimed(this ILogger log, string ledger, string holder, long epoch, int events, int snapshots);

    [LoggerMessage(1701, LogLevel.Warning, "{Other} has taken {Ledger} from this process, which leaves it to the other for {Delay}")]
    public static partial void LeftToOther(this ILogger log, string other, string ledger, TimeSpan delay);

    [LoggerMessage(1702, LogLevel.Error, "{Ledger} is no ledger: {Complaint}. It is begun anew from a list of all pods; no pod is lost")]
    public static partial void BegunAnew(this ILogger log, string ledger, string complaint);

    [LoggerMessage(1703, LogLevel.Error, "{Ledger} is not this process' any more ({Holder}): {Explanation}. What was to be stored is not, and nothing follows from it")]
    public static partial void Lost(this ILogger log, string ledger, string holder, string explanation);

    [LoggerMessage(1704, LogLevel.Error, "{Ledger} takes {Bytes} bytes; a ConfigMap holds 1048576. Too many pods wait for their secrets at once, or too many sidecars run, for state.store: kubernetes")]
    public static partial void NearlyFull(this ILogger log, string ledger, int bytes);

    [LoggerMessage(1705, LogLevel.Warning, "{Ledger}: {Problem}; trying again")]
    public static partial void NotWritten(this ILogger log, string ledger, string problem);

    [LoggerMessage(1706, LogLevel.Information, "{Ledger} was written after {Failures} failures")]
    public static partial void WrittenAtLast(this ILogger log, string ledger, int failures);

    [LoggerMessage(1530, LogLevel.Warning, "{Ledger} is held by {Other}, which was never in this cluster, or is no longer: it is watched for {Seconds} s, and taken over if it does not change")]
    public static partial void WatchesOther(this ILogger log, string other, string ledger, double seconds);

    [LoggerMessage(1531, LogLevel.Warning, "{Ledger} cannot be read or claimed: {Problem}; no new cluster is formed until it can")]
    public static partial void LedgerUnread(this ILogger log, string ledger, string problem);

    [LoggerMessage(1707, LogLevel.Critical, "{Ledger} is no longer written")]
    public static partial void KeptNoMore(this ILogger log, Exception cause, string ledger);
}
