using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Holds the certificate that a Vault serves. Each new connection uses the certificate that the slot holds then.</summary>
internal sealed class CertificateSlot
{
    private volatile SslStreamCertificateContext served;

    public CertificateSlot(X509Certificate2 certificate, X509Certificate2Collection? chain) => served = Context(certificate, chain);

    public SslStreamCertificateContext Served => served;

    public void Put(X509Certificate2 certificate, X509Certificate2Collection? chain) => served = Context(certificate, chain);

    // Offline: send only the given chain. Do not fetch issuers from the addresses in the certificate.
    private static SslStreamCertificateContext Context(X509Certificate2 certificate, X509Certificate2Collection? chain) =>
        certificate.HasPrivateKey
            ? SslStreamCertificateContext.Create(certificate, chain, offline: true)
            : throw new ArgumentException("A certificate is served with its private key; this one has none.", nameof(certificate));
}
