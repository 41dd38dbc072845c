using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <content>Reads the <c>metrics</c> and <c>prometheus</c> sections.</content>
internal sealed partial class ConfigurationReader
{
    private const string MetricsTls = "prometheus.tls";

    private static string[] MetricsKeys => ["metrics.address", .. TlsKeys(MetricsTls)];

    private MetricsSettings Metrics()
    {
        var (certificate, clientCa) = Tls(MetricsTls, "client CAs", "either a CA file or Vault PKI backends verify scrapers' certificates");
        var address = _yaml.Scalar("metrics.address") ?? (certificate is null ? "0.0.0.0:80" : "0.0.0.0:443");
        if (!IPEndPoint.TryParse(address, out var endpoint) || !HasPort(address)) Problem("metrics.address", address, "an IP address with a port, such as 0.0.0.0:80 or [::]:9102");
        return new MetricsSettings(endpoint ?? new IPEndPoint(IPAddress.Any, 80), certificate, clientCa);
    }
}
