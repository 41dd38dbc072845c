using System.Globalization;
using AkkaVault.Controller.Configuration;
using AkkaVault.Shared;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Logging;

/// <summary>
/// What a controller is about to do, for its first log entry: what is watched, where the ledger is, how it authenticates, what it
/// listens on. Holds no secret, and nothing in which one could be by mistake: no path of a file, no credentials in a URL.
/// </summary>
/// <param name="Version">This program's.</param>
/// <param name="Watches">Which namespaces.</param>
/// <param name="LabelSelector">Which pods in them.</param>
/// <param name="Ledger">Where the ledger is.</param>
/// <param name="Vault">Vault's address.</param>
/// <param name="VaultNamespace">Its namespace.</param>
/// <param name="AppRole">Where AppRole is mounted.</param>
/// <param name="WrappingTtl">How long wrapping tokens live.</param>
/// <param name="Auth">How the controller authenticates.</param>
/// <param name="VaultTls">What verifies Vault.</param>
/// <param name="Cluster">The controllers that there are to be.</param>
/// <param name="Remoting">Where the others reach this one.</param>
/// <param name="Metrics">Where metrics and health are served.</param>
/// <param name="Management">Where management is served.</param>
/// <param name="Events">Which events pods get.</param>
internal sealed record StartupSummary(
    string Version, string Watches, string LabelSelector, string Ledger, string Vault, string VaultNamespace, string AppRole, string WrappingTtl, string Auth,
    string VaultTls, string Cluster, string Remoting, string Metrics, string Management, string Events)
{
    private const string None = "none";

    /// <summary>Of a configuration.</summary>
    public static StartupSummary Of(ControllerConfiguration configuration, string version)
    {
        var (vault, kubernetes, metrics) = (configuration.Vault, configuration.Kubernetes, configuration.Metrics);
        return new StartupSummary(
            version, kubernetes.Scope.ToString(), kubernetes.LabelSelector ?? None, LedgerOf(configuration),
            vault.Address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped), vault.Namespace ?? None, $"auth/{vault.AppRolePath}", GoDuration.Format(vault.WrappingTtl), AuthOf(vault.Login), VaultTlsOf(vault), ClusterOf(configuration.Cluster),
            RemotingOf(configuration.Cluster), MetricsOf(metrics), ManagementOf(configuration.Management),
            kubernetes.DeliveredEvents ? "warnings, deliveries" : "warnings");
    }

    /// <summary>Logs it.</summary>
    public void Tell(ILogger log) => log.Starts(
        Version, Watches, LabelSelector, Ledger, Vault, VaultNamespace, AppRole, WrappingTtl, Auth, VaultTls, Cluster, Remoting, Metrics, Management, Events);

    private static string LedgerOf(ControllerConfiguration configuration) => configuration.Store switch
    {
        StateStore.Kubernetes => $"ConfigMap {configuration.Kubernetes.ServiceNamespace}/{configuration.Kubernetes.LedgerName}",
        StateStore.Sqlite => "file in dataDir",
        _ => None,
    };

    private static string AuthOf(VaultLogin login) => login switch
    {
        VaultLogin.Token => "vault.token",
        VaultLogin.TokenFile => "vault.tokenFile",
        VaultLogin.Kubernetes kubernetes => $"auth/{kubernetes.Mount} (Kubernetes), role {kubernetes.Role}",
        VaultLogin.AppRole appRole => $"auth/{appRole.Mount} (AppRole)",
        _ => throw new ArgumentOutOfRangeException(nameof(login), login.GetType().Name, "not a login"),
    };

    private static string VaultTlsOf(VaultSettings vault) =>
        vault.Address.Scheme == Uri.UriSchemeHttps ? $"verified by {CaOf(vault.Ca) ?? "the system's roots"}" : "off";

    private static string? CaOf(CaSource? ca) => ca switch
    {
        CaSource.File => "a CA file",
        CaSource.Backends backends => $"the CAs of {string.Join(", ", backends.Mounts)}",
        _ => null,
    };

    private static string CertificateOf(CertificateSource certificate) => certificate switch
    {
        CertificateSource.Files => "a certificate from files",
        CertificateSource.Pki pki => $"a certificate of {pki.Mount}, role {pki.Role}",
        _ => throw new ArgumentOutOfRangeException(nameof(certificate), certificate.GetType().Name, "not a source of certificates"),
    };

    private static string ClusterOf(ClusterSettings? cluster) => cluster is null
        ? "1 controller, alone"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{cluster.Replicas} controllers, {cluster.RequiredContactPoints} form a cluster, {(cluster.Downing == DowningStrategy.LeaseMajority ? "lease-majority" : "keep-majority")}");

    private static string RemotingOf(ClusterSettings? cluster) =>
        cluster is null ? None : $"{cluster.Address}, {(cluster.Tls is { } tls ? $"TLS with {CertificateOf(tls.Certificate)} and {CaOf(tls.Ca)}" : "no TLS")}";

    private static string MetricsOf(MetricsSettings metrics) =>
        $"{metrics.Address}, {(metrics.Certificate is { } certificate ? $"TLS with {CertificateOf(certificate)}" : "no TLS")}{(CaOf(metrics.ClientCa) is { } ca ? $", scrapers verified by {ca}" : "")}";

    private static string ManagementOf(ManagementSettings? management) =>
        management is null ? None : $"{management.Address}, {(management.ReadOnly ? "read-only" : "members can be told to leave")}";
}
