using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>metrics</c> section and <c>prometheus.tls</c>.</summary>
/// <param name="Address">Where metrics and health are served.</param>
/// <param name="Certificate">Where its certificate comes from; null: plain HTTP.</param>
/// <param name="ClientCa">What scrapers' certificates must chain to; null: none asked for.</param>
public sealed record MetricsSettings(IPEndPoint Address, CertificateSource? Certificate, CaSource? ClientCa);

/// <summary>Where a server certificate comes from.</summary>
public abstract record CertificateSource
{
    private CertificateSource()
    {
    }

    /// <summary>Files; read again when they change.</summary>
    /// <param name="CertFile">PEM certificate, and its chain.</param>
    /// <param name="KeyFile">PEM private key.</param>
    public sealed record Files(string CertFile, string KeyFile) : CertificateSource;

    /// <summary>A PKI mount in Vault.</summary>
    /// <param name="Mount">The mount.</param>
    /// <param name="Role">Its role.</param>
    public sealed record Pki(string Mount, string Role) : CertificateSource;
}
