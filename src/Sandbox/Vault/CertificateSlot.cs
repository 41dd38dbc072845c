using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The certificate that a vault serves; each new connection takes the one that is in it then.</summary>
internal sealed class CertificateSlot
{
    private volatile SslStreamCertificateContext served;

    public CertificateSlot(X509Certificate2 certificate, X509Certificate2Collection? chain) => served = Context(certificate, chain);

    public SslStreamCertificateContext Served => served;

    public void Put(X509Certificate2 certificate, X509Certificate2Collection? chain) => served = Context(certificate, chain);

    // Offline: only what was given is sent, nothing is fetched from where a certificate points to.
    private static SslStreamCertificateContext Context(X509Certificate2 certificate, X509Certificate2Collection? chain) =>
        certificate.HasPrivateKey
            ? SslStreamCertificateContext.Create(certificate, chain, offline: true)
            : throw new ArgumentException("A certificate is served with its private key; this one has none.", nameof(certificate));
}
