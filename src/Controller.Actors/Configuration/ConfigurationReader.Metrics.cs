using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <content>The <c>metrics</c> and <c>prometheus</c> sections.</content>
public sealed partial class ConfigurationReader
{
    private static string[] MetricsKeys =>
    [
        "metrics.address", "prometheus.tls.vaultCertBackend", "prometheus.tls.vaultCertRole", "prometheus.tls.vaultCABackends",
        "prometheus.tls.certFile", "prometheus.tls.certKey", "prometheus.tls.caCert",
    ];

    private MetricsSettings Metrics()
    {
        string? Tls(string key) => _yaml.Scalar($"prometheus.tls.{key}");
        var (backend, role) = (Tls("vaultCertBackend"), Tls("vaultCertRole"));
        var (certFile, certKey, caCert) = (Tls("certFile"), Tls("certKey"), Tls("caCert"));
        var caBackends = _yaml.List("prometheus.tls.vaultCABackends");
        var (fromVault, fromFiles) = (backend is not null || role is not null, certFile is not null || certKey is not null);
        if (fromVault && fromFiles)
            _problems.Add("prometheus.tls: certFile/certKey and vaultCertBackend/vaultCertRole are both set; expected one pair: the certificate comes from files or from Vault");
        if (backend is null != role is null)
            _problems.Add($"prometheus.tls.{(backend is null ? "vaultCertBackend" : "vaultCertRole")}: is missing; vaultCertBackend and vaultCertRole go together");
        if (certFile is null != certKey is null)
            _problems.Add($"prometheus.tls.{(certFile is null ? "certFile" : "certKey")}: is missing; certFile and certKey go together");
        if (caCert is not null && caBackends.Count > 0)
            _problems.Add("prometheus.tls.caCert, prometheus.tls.vaultCABackends: both are set; expected one of them");
        if ((caCert is not null || caBackends.Count > 0) && !fromVault && !fromFiles)
            _problems.Add("prometheus.tls: client CAs (caCert, vaultCABackends) are set without a server certificate; expected certFile and certKey, or vaultCertBackend and vaultCertRole");
        if (backend is not null && role is not null) NotYet("prometheus.tls.vaultCertBackend", "prometheus.tls.certFile and prometheus.tls.certKey");
        if (caBackends.Count > 0) NotYet("prometheus.tls.vaultCABackends", "prometheus.tls.caCert");

        var address = _yaml.Scalar("metrics.address") ?? (fromVault || fromFiles ? "0.0.0.0:443" : "0.0.0.0:80");
        if (!IPEndPoint.TryParse(address, out var endpoint) || !HasPort(address)) Problem("metrics.address", address, "an IP address with a port, such as 0.0.0.0:80 or [::]:9102");
        return new MetricsSettings(
            endpoint ?? new IPEndPoint(IPAddress.Any, 80),
            File("prometheus.tls.certFile", certFile), File("prometheus.tls.certKey", certKey), File("prometheus.tls.caCert", caCert));
    }
}
