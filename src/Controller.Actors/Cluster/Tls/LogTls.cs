using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>The log messages about TLS between controllers; docs/logs.md documents the ids.</summary>
internal static partial class LogTls
{
    [LoggerMessage(1520, LogLevel.Information, "Waiting for the certificate and the CA bundle for the other controllers")]
    public static partial void WaitsForCertificates(this ILogger log);

    [LoggerMessage(1521, LogLevel.Warning, "Another controller at {Host} is refused: its certificate {Subject}: {Problem}")]
    public static partial void PeerRefused(this ILogger log, string host, string subject, string? problem);

    [LoggerMessage(1522, LogLevel.Error, "The certificate for the other controllers ends at {End:u} and there is no newer one: without it no controller can connect to another")]
    public static partial void RemotingCertificateEnds(this ILogger log, DateTimeOffset end);

    [LoggerMessage(1523, LogLevel.Information, "The certificate for the other controllers ends at {End:u} and there is a newer one, which needs a restart: this controller leaves the cluster and ends")]
    public static partial void RestartsForCertificate(this ILogger log, DateTimeOffset end);
}
