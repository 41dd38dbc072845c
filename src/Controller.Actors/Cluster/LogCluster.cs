using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster;

/// <summary>The log messages of the cluster; docs/logs.md documents the ids.</summary>
internal static partial class LogCluster
{
    [LoggerMessage(1500, LogLevel.Information, "Cluster: {Progress}")]
    public static partial void Forming(this ILogger log, string progress);

    [LoggerMessage(1501, LogLevel.Error, "Another cluster, that of {Holder}, owns the ledger: all members of this cluster leave it, and join the other one when they are started again")]
    public static partial void GivesWay(this ILogger log, string holder);

    [LoggerMessage(1502, LogLevel.Warning, "The other controllers cannot be looked up: {Problem}; trying again")]
    public static partial void LookupFailed(this ILogger log, string problem);

    [LoggerMessage(1503, LogLevel.Information, "No process is at {Address} any more")]
    public static partial void ProcessGone(this ILogger log, string address);

    [LoggerMessage(1504, LogLevel.Warning, "This controller leads and has not reached the API server for {Seconds} s ({Problem}); asking the other controllers whether they do")]
    public static partial void AsksWhoReaches(this ILogger log, long seconds, string? problem);

    [LoggerMessage(1505, LogLevel.Error, "This controller leads and has not reached the API server for {Seconds} s ({Problem}), as {Members} does: it leaves the cluster, so that another leads")]
    public static partial void LeavesToReach(this ILogger log, long seconds, string? problem, string members);

    [LoggerMessage(1506, LogLevel.Warning, "{Addresses} addresses are behind the Service {Service}, and this controller has no cluster section: if they are controllers, each of them serves every pod. Set cluster.hostname: $POD_IP, cluster.replicas and state.store: kubernetes in all of them, or run one replica")]
    public static partial void NotAlone(this ILogger log, int addresses, string service);

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

    [LoggerMessage(1520, LogLevel.Information, "Waiting for the certificate and the CA bundle for the other controllers")]
    public static partial void WaitsForCertificates(this ILogger log);

    [LoggerMessage(1521, LogLevel.Warning, "Another controller at {Host} is refused: its certificate {Subject}: {Problem}")]
    public static partial void PeerRefused(this ILogger log, string host, string subject, string? problem);

    [LoggerMessage(1522, LogLevel.Error, "The certificate for the other controllers ends at {End:u} and there is no newer one: without it no controller can connect to another")]
    public static partial void RemotingCertificateEnds(this ILogger log, DateTimeOffset end);

    [LoggerMessage(1523, LogLevel.Information, "The certificate for the other controllers ends at {End:u} and there is a newer one, which needs a restart: this controller leaves the cluster and ends")]
    public static partial void RestartsForCertificate(this ILogger log, DateTimeOffset end);
}
