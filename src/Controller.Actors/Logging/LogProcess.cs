using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Logging;

/// <summary>What is logged about the process; the ids are documented in docs/logs.md.</summary>
internal static partial class LogProcess
{
    [LoggerMessage(
        1000, LogLevel.Information,
        "AkkaVault {Version} starts. Watches: {Watches}; label selector: {LabelSelector}. Ledger: {Ledger}. Vault: {Vault}, namespace {VaultNamespace}, pods at {AppRole}, wrapping TTL {WrappingTtl}, TLS: {VaultTls}. Authenticates by {Auth}. Cluster: {Cluster}; remoting: {Remoting}. Metrics: {Metrics}. Management: {Management}. Events on pods: {Events}")]
    public static partial void Starts(
        this ILogger log, string version, string watches, string labelSelector, string ledger, string vault, string vaultNamespace, string appRole, string wrappingTtl, string auth,
        string vaultTls, string cluster, string remoting, string metrics, string management, string events);
}
