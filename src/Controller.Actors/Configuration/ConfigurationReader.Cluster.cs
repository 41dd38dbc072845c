using System.Globalization;
using System.Net;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Configuration;

/// <content>Reads the <c>cluster</c> and <c>management</c> sections, and <c>state.store</c>.</content>
internal sealed partial class ConfigurationReader
{
    private const string ClusterSection = "cluster.";
    private const string ClusterTlsSection = "cluster.tls";
    private const int RemotingPort = 2552;
    private const int ManagementPort = 8558;

    private static string[] ClusterKeys =>
        ["cluster.hostname", "cluster.port", "cluster.replicas", "cluster.requiredContactPoints", "cluster.downing", "management.address", "management.readOnly", "management.page", .. TlsKeys(ClusterTlsSection)];

    /// <summary>Null if there is no <c>cluster</c> section: then there is one controller, without a cluster.</summary>
    private ClusterSettings? Cluster()
    {
        if (!_yaml.Keys.Any(key => key.StartsWith(ClusterSection, StringComparison.OrdinalIgnoreCase))) return null;
        var hostname = _yaml.Scalar("cluster.hostname") ?? SettingText.Trim(_variable("POD_IP") ?? "");
        IPAddress? ip = null;
        if (string.IsNullOrEmpty(hostname)) _problems.Add("cluster.hostname: is missing and POD_IP is not set; expected the IP address at which the other controllers reach this one");
        else if (!IPAddress.TryParse(hostname, out ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            Problem("cluster.hostname", hostname, "an IP address at which the other controllers reach this one, such as $POD_IP");
        var port = Number("cluster.port", RemotingPort, 1, ushort.MaxValue);
        var replicas = Number("cluster.replicas", 1, 1, 99);
        var required = Number("cluster.requiredContactPoints", (replicas / 2) + 1, 1, replicas);
        return new ClusterSettings(new IPEndPoint(ip ?? IPAddress.None, port), replicas, required, RemotingTls(), Downing());
    }

    private DowningStrategy Downing()
    {
        var text = _yaml.Scalar("cluster.downing") ?? "keep-majority";
        if (text is not ("keep-majority" or "lease-majority")) Problem("cluster.downing", text, "keep-majority or lease-majority");
        return text == "lease-majority" ? DowningStrategy.LeaseMajority : DowningStrategy.KeepMajority;
    }

    private ClusterTls? RemotingTls()
    {
        if (!_yaml.HasSection(ClusterTlsSection)) return null;
        var (certificate, ca) = Tls(ClusterTlsSection, "CAs", "either a CA file or Vault PKI backends verify the other controllers' certificates");
        if (ca is null && Present($"{ClusterTlsSection}.caCert") is null)
            _problems.Add($"{ClusterTlsSection}: caCert and vaultCABackends are missing; expected one of them: the other controllers' certificates must chain to these CAs");
        if (certificate is null && ca is null && _yaml.Keys.All(key => !key.StartsWith($"{ClusterTlsSection}.", StringComparison.OrdinalIgnoreCase) || _yaml.Scalar(key) is null))
            _problems.Add($"{ClusterTlsSection}: certFile/certKey and vaultCertBackend/vaultCertRole are missing; expected one pair: this controller's own certificate");
        return certificate is null || ca is null ? null : new ClusterTls(certificate, ca);
    }

    private ManagementSettings? Management(ClusterSettings? cluster, MetricsSettings metrics)
    {
        var readOnly = Bool("management.readOnly", otherwise: true);
        var page = Bool("management.page", otherwise: true);
        var address = _yaml.Scalar("management.address") ?? (cluster is null ? null : $"{AnyAddress(cluster)}:{ManagementPort}");
        if (address is null) return null;
        if (!IPEndPoint.TryParse(address, out var endpoint) || !HasPort(address))
            Problem("management.address", address, $"an IP address with a port, such as 0.0.0.0:{ManagementPort} or [::]:{ManagementPort}");
        else if (endpoint.Port == metrics.Address.Port)
            Problem("management.address", address, "another port than that of metrics.address");
        return endpoint is null ? null : new ManagementSettings(endpoint, readOnly, page);
    }

    private static string AnyAddress(ClusterSettings cluster) =>
        cluster.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "[::]" : "0.0.0.0";

    private StateStore Store(ClusterSettings? cluster)
    {
        var text = _yaml.Scalar("state.store") ?? "sqlite";
        if (!Enum.TryParse<StateStore>(text, ignoreCase: true, out var store) || int.TryParse(text, out _)) Problem("state.store", text, "sqlite, kubernetes or none");
        else if (store != StateStore.Kubernetes && cluster is { Replicas: > 1 })
            Problem("state.store", text, "kubernetes, because cluster.replicas is more than 1: all controllers must share the ledger, which keeps a second leader from delivering");
        return store;
    }

    private int Number(string key, int otherwise, int least, int most)
    {
        if (_yaml.Scalar(key) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Problem(key, text, $"a number from {least} to {most}");
        return otherwise;
    }
}
