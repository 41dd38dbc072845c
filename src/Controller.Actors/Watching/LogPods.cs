using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Watching;

/// <summary>What is logged about the API server and pods; the ids are documented in docs/logs.md.</summary>
internal static partial class LogPods
{
    [LoggerMessage(1300, LogLevel.Warning, "Watching pods at {Address} failed: {Problem}; trying again")]
    public static partial void WatchInterrupted(this ILogger log, Uri address, string problem);

    [LoggerMessage(1301, LogLevel.Warning, "The stored resume token {ResumeToken} is not of this API server, whose version is {Version}; listing all pods")]
    public static partial void CursorUnknown(this ILogger log, string resumeToken, string? version);

    [LoggerMessage(1302, LogLevel.Warning, "{Namespace}/{Pod} gets no secret: {Problem}")]
    public static partial void PodMisconfigured(this ILogger log, string? @namespace, string? pod, string problem);

    [LoggerMessage(1303, LogLevel.Warning, "Events cannot be recorded on pods: {Problem}. Grant create on events, or see the log instead")]
    public static partial void EventsForbidden(this ILogger log, string problem);

    [LoggerMessage(1304, LogLevel.Information, "An event on {Namespace}/{Pod} could not be recorded: {Problem}")]
    public static partial void EventLost(this ILogger log, string @namespace, string pod, string problem);

    [LoggerMessage(1305, LogLevel.Warning, "Events on pods cannot be updated, so each repetition creates a new event: {Problem}. Grant patch on events")]
    public static partial void EventsNotCounted(this ILogger log, string problem);

    [LoggerMessage(1306, LogLevel.Warning, "{Count} events on pods were left out: too many at once. This log has their messages")]
    public static partial void EventsDropped(this ILogger log, int count);

    [LoggerMessage(1310, LogLevel.Warning, "The API server {Address} has gone back from version {Version} to {Older}: its store was restored from a backup, or is another one; listing all pods")]
    public static partial void WentBack(this ILogger log, Uri address, string version, string? older);

    [LoggerMessage(1307, LogLevel.Warning, "Listing pods at {Address} failed: {Problem}; the watch goes on, and the pods are listed later")]
    public static partial void ListFailed(this ILogger log, Uri address, string problem);
}
