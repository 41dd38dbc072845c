using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Http;

namespace AkkaVault.Shared.Vault;

/// <summary>How bytes travel to one Vault address.</summary>
public static class VaultTransport
{
    /// <summary>How long one request to Vault may take, its answer's body included.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The largest answer that is read, in bytes: far more than Vault sends to the calls we make.</summary>
    public const int MaxAnswerBytes = 4 * 1024 * 1024;

    /// <summary>An HTTP client for one Vault; keep it as long as that Vault is spoken to.</summary>
    /// <param name="address">Vault's base address, http or https.</param>
    /// <param name="roots">The certificates that Vault's must chain to, and no others; null: the system's roots.</param>
    public static HttpClient Create(Uri address, X509Certificate2Collection? roots) =>
        Create(address, roots is null ? new SystemTrust() : new AnchoredTrust(roots));

    /// <summary>The same, with a trust that may change meanwhile.</summary>
    public static HttpClient Create(Uri address, IServerTrust trust) => new(new DiscreetHandler(new SocketsHttpHandler
    {
        // The client follows a redirect itself: once, and with its body.
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = EnvironmentProxy.Current,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectTimeout = RequestTimeout,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, presented, chain, errors) => Check(trust, presented, chain, errors),
            // Nothing that a certificate names is fetched before it is known whose it is.
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        },
    }))
    {
        BaseAddress = new Uri(UserInfo.Without(address).AbsoluteUri.TrimEnd('/') + "/"),
        Timeout = RequestTimeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    private static bool Check(IServerTrust trust, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        if (presented is not X509Certificate2 certificate) throw new AuthenticationException("Vault presented no certificate");
        if (trust.WhyNot(certificate, chain?.ChainPolicy.ExtraStore ?? [], errors) is not { } why) return true;
        // Thrown, so that the reason arrives where the call was made.
        throw new UntrustedCertificateException(Refusal.Of("Vault", certificate, why));
    }
}
