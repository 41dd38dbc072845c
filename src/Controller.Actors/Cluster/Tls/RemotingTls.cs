using Akka.Remote.Hosting;
using AkkaVault.Controller.Certificates;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>
/// Mutual TLS between controllers. Akka reads the certificate once, when remoting starts; the CA bundle is read at each handshake.
/// </summary>
internal sealed class RemotingTls
{
    private readonly ServerCertificate _certificate;
    private readonly CaBundle _cas;
    private readonly PeerVerifier _peers;

    public RemotingTls(ServerCertificate certificate, CaBundle cas, ILogger<PeerVerifier> log) =>
        (_certificate, _cas, _peers) = (certificate, cas, new PeerVerifier(certificate, cas, log));

    /// <summary>The certificate that remoting was started with; null: it has not started yet.</summary>
    public CertificateLife? InUse { get; private set; }

    /// <summary>The certificate that remoting would start with now.</summary>
    public CertificateLife Newest => CertificateLife.Of(_certificate.Current.TargetCertificate);

    /// <summary>Completes when remoting can start.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => Task.WhenAll(_certificate.ReadyAsync(cancellation), _cas.ReadyAsync(cancellation));

    /// <exception cref="InvalidOperationException">There is no certificate yet.</exception>
    public void Apply(RemoteOptions options)
    {
        if (!_certificate.IsLoaded) throw new InvalidOperationException("remoting is started without a certificate");
        var certificate = _certificate.Current.TargetCertificate;
        InUse = CertificateLife.Of(certificate);
        options.EnableSsl = true;
        options.Ssl.X509Certificate = certificate;
        options.Ssl.SuppressValidation = false;
        options.Ssl.RequireMutualAuthentication = true;
        // Pods have no lasting names. Whoever holds a certificate of the CA is a controller.
        options.Ssl.ValidateCertificateHostname = false;
        options.Ssl.CustomValidator = (presented, chain, peer, _, _) => _peers.IsTrusted(presented, chain?.ChainPolicy.ExtraStore ?? [], peer);
    }
}
