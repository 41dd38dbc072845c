using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>metrics</c> section and <c>prometheus.tls</c>.</summary>
/// <param name="Address">The address that serves metrics and health.</param>
/// <param name="Certificate">Where the certificate of that address comes from; null: it serves plain HTTP.</param>
/// <param name="ClientCa">The CAs that the certificates of scrapers must chain to; null: scrapers need no certificate.</param>
internal sealed record MetricsSettings(IPEndPoint Address, CertificateSource? Certificate, CaSource? ClientCa);

/// <summary>Where a server certificate comes from.</summary>
internal abstract record CertificateSource
{
    private CertificateSource()
    {
    }

    /// <summary>The certificate comes from files. The controller reads the files again when they change.</summary>
    /// <param name="CertFile">The file with the certificate and its chain, in PEM.</param>
    /// <param name="KeyFile">The file with the private key, in PEM.</param>
    public sealed record Files(string CertFile, string KeyFile) : CertificateSource;

    /// <summary>The certificate comes from a PKI mount in Vault.</summary>
    /// <param name="Mount">The path of the mount.</param>
    /// <param name="Role">The PKI role that issues the certificate.</param>
    public sealed record Pki(string Mount, string Role) : CertificateSource;
}
