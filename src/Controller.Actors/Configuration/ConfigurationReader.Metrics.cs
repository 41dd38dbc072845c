using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <content>The <c>metrics</c> and <c>prometheus</c> sections.</content>
public sealed partial class ConfigurationReader
{
    private const string MetricsTls = "prometheus.tls";

    private static string[] MetricsKeys =>
    [
        "metrics.address", "prometheus.tls.vaultCertBackend", "prometheus.tls.vaultCertRole", "prometheus.tls.vaultCABackends",
        "prometheus.tls.certFile", "prometheus.tls.certKey", "prometheus.tls.caCert",
    ];

    private MetricsSettings Metrics()
    {
        string? Tls(string key) => _yaml.Scalar($"{MetricsTls}.{key}");
        var (backend, role) = (Tls("vaultCertBackend"), Tls("vaultCertRole"));
        var (certFile, certKey) = (File($"{MetricsTls}.certFile", Tls("certFile")), File($"{MetricsTls}.certKey", Tls("certKey")));
        var (fromVault, fromFiles) = (backend is not null || role is not null, certFile is not null || certKey is not null);
        if (fromVault && fromFiles)
            _problems.Add("prometheus.tls: certFile/certKey and vaultCertBackend/vaultCertRole are both set; expected one pair: the certificate comes from files or from Vault");
        if (backend is null != role is null)
            _problems.Add($"prometheus.tls.{(backend is null ? "vaultCertBackend" : "vaultCertRole")}: is missing; vaultCertBackend and vaultCertRole go together");
        if (certFile is null != certKey is null)
            _problems.Add($"prometheus.tls.{(certFile is null ? "certFile" : "certKey")}: is missing; certFile and certKey go together");
        var clientCa = Ca(MetricsTls, "either a CA file or Vault PKI backends verify scrapers' certificates");
        if (clientCa is not null && !fromVault && !fromFiles)
            _problems.Add("prometheus.tls: client CAs (caCert, vaultCABackends) are set without a server certificate; expected certFile and certKey, or vaultCertBackend and vaultCertRole");

        var address = _yaml.Scalar("metrics.address") ?? (fromVault || fromFiles ? "0.0.0.0:443" : "0.0.0.0:80");
        if (!IPEndPoint.TryParse(address, out var endpoint) || !HasPort(address)) Problem("metrics.address", address, "an IP address with a port, such as 0.0.0.0:80 or [::]:9102");
        CertificateSource? certificate = (certFile, certKey, backend, role) switch
        {
            ({ } file, { } key, _, _) => new CertificateSource.Files(file, key),
            (_, _, { } mount, { } name) => new CertificateSource.Pki(mount.Trim('/'), name),
            _ => null,
        };
        return new MetricsSettings(endpoint ?? new IPEndPoint(IPAddress.Any, 80), certificate, clientCa);
    }
}
