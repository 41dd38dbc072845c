using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Certificates;
using AkkaVault.Shared.Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>TLS of the metrics port; the certificate and the client CAs are read at each handshake.</summary>
internal static class MetricsTls
{
    /// <param name="certificate">The certificate of the port.</param>
    /// <param name="clientCas">
    /// What client certificates must chain to; null: none is requested. A certificate that does not chain ends the handshake. The
    /// endpoint decides whether a certificate is needed, since the kubelet's probes have none.
    /// </param>
    public static TlsHandshakeCallbackOptions Options(ServerCertificate certificate, CaBundle? clientCas) => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Current,
            ClientCertificateRequired = clientCas is not null,
            // A stranger's certificate must not make this process fetch anything.
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            // A resumed session would be verified with the client CAs of its first handshake.
            AllowTlsResume = clientCas is null,
            RemoteCertificateValidationCallback = (_, presented, chain, _) => IsGood(presented, chain, clientCas),
        }),
    };

    private static bool IsGood(X509Certificate? presented, X509Chain? chain, CaBundle? clientCas) => presented switch
    {
        null => true,
        X509Certificate2 certificate when clientCas?.Current is { } current =>
            TrustAnchors.WhyNotTrusted(certificate, chain?.ChainPolicy.ExtraStore ?? [], current.Certificates, TrustAnchors.ClientAuthentication) is null,
        _ => false,
    };
}
