using System.Net;
using Akka.Remote.Hosting;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Configuration;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>
/// Mutual TLS between controllers. Akka takes the certificate once, when remoting starts; the CA bundle is that of the moment of
/// each handshake.
/// </summary>
public sealed class RemotingTls
{
    private readonly ServerCertificate _certificate;
    private readonly CaBundle _cas;
    private readonly PeerVerifier _peers;

    private RemotingTls(ServerCertificate certificate, CaBundle cas, ILogger<PeerVerifier> log) =>
        (_certificate, _cas, _peers) = (certificate, cas, new PeerVerifier(certificate, cas, log));

    /// <summary>The certificate that remoting was started with; null: it was not yet.</summary>
    public CertificateLife? InUse { get; private set; }

    /// <summary>The certificate that it would be started with now.</summary>
    public CertificateLife Newest => CertificateLife.Of(_certificate.Current.TargetCertificate);

    /// <summary>Adds it to the host, with what is kept fresh for it.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="address">Where the others reach this controller.</param>
    /// <param name="service">The name of the controllers' service: the certificate's common name.</param>
    public static void AddTo(IServiceCollection services, ClusterTls settings, IPAddress address, string service)
    {
        var (certificate, cas) = (new ServerCertificate(), new CaBundle());
        services.AddRenewedCertificate(
            "The certificate for the other controllers", settings.Certificate, () => new CertificateNames(service, [Dns.GetHostName()], [address.ToString()]), certificate);
        services.AddRenewedCas("The CA bundle for the other controllers", settings.Ca, cas);
        services.AddSingleton(provider => new RemotingTls(certificate, cas, provider.GetRequiredService<ILogger<PeerVerifier>>()));
        services.AddSingleton<RenewalsBeforeRemoting>();
    }

    /// <summary>Completes when remoting can be started.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => Task.WhenAll(_certificate.ReadyAsync(cancellation), _cas.ReadyAsync(cancellation));

    /// <summary>Has remoting use it.</summary>
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
        // Pods have no names that last; who holds a certificate of the CA is a controller.
        options.Ssl.ValidateCertificateHostname = false;
        options.Ssl.CustomValidator = (presented, chain, peer, _, _) => _peers.IsTrusted(presented, chain?.ChainPolicy.ExtraStore ?? [], peer);
    }
}
