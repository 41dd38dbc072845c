using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Watching;

/// <summary>What the leader logs; the ids are documented in docs/logs.md.</summary>
internal static partial class LogWatcher
{
    [LoggerMessage(1200, LogLevel.Information, "Became the leader at {Since:yyyy-MM-ddTHH:mm:ssZ}")]
    public static partial void Leads(this ILogger log, DateTimeOffset since);

    [LoggerMessage(1201, LogLevel.Information, "Lost leadership after {Seconds} s")]
    public static partial void LeadsNoMore(this ILogger log, long seconds);

    [LoggerMessage(1202, LogLevel.Information, "Watching pods from resume token {ResumeToken}; {Runs} runs in the ledger")]
    public static partial void Watches(this ILogger log, int runs, string resumeToken);

    [LoggerMessage(1203, LogLevel.Warning, "The ledger's snapshot could not be stored; the journal grows until one can be stored")]
    public static partial void SnapshotNotStored(this ILogger log, Exception cause);

    [LoggerMessage(1204, LogLevel.Warning, "Old ledger events could not be deleted")]
    public static partial void EventsNotDeleted(this ILogger log, Exception cause);

    [LoggerMessage(1205, LogLevel.Warning, "Old ledger snapshots could not be deleted")]
    public static partial void SnapshotsNotDeleted(this ILogger log, Exception cause);

    [LoggerMessage(1206, LogLevel.Error, "The ledger could not be stored; the watcher starts again from what is stored")]
    public static partial void LedgerNotStored(this ILogger log, Exception cause);

    [LoggerMessage(1207, LogLevel.Error, "The ledger's store has rejected an event; the watcher starts again from what is stored")]
    public static partial void LedgerEventRejected(this ILogger log, Exception cause);

    [LoggerMessage(1208, LogLevel.Warning, "The ledger has no room for more runs: {Waiting} pods wait, {Served} runs are served. Further pods are listed and served when fewer wait")]
    public static partial void LeavesOut(this ILogger log, int waiting, int served);
}
