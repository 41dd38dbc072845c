using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Http;

namespace AkkaVault.Shared.Vault;

/// <summary>The HTTP connection to one Vault address.</summary>
public static class VaultTransport
{
    /// <summary>The time limit of one request to Vault, including the body of the answer.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The largest answer that is read, in bytes. Vault's answers to our calls are much smaller.</summary>
    public const int MaxAnswerBytes = 4 * 1024 * 1024;

    /// <summary>Creates an HTTP client for one Vault. Keep the client for all requests to that Vault.</summary>
    /// <param name="address">Vault's base address, http or https.</param>
    /// <param name="roots">The only certificates that Vault's certificate may chain to; null: the system's roots.</param>
    public static HttpClient Create(Uri address, X509Certificate2Collection? roots) =>
        Create(address, roots is null ? new SystemTrust() : new AnchoredTrust(roots));

    /// <summary>Creates a client whose trusted certificates may change.</summary>
    public static HttpClient Create(Uri address, IServerTrust trust) => new(new DiscreetHandler(new SocketsHttpHandler
    {
        // VaultWire follows a redirect: once, and with the body.
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = EnvironmentProxy.Current,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectTimeout = RequestTimeout,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, presented, chain, errors) => Check(trust, presented, chain, errors),
            // An untrusted certificate must not make the client fetch the addresses that it names.
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
        // An exception, not a result of false, so that the caller of the request gets the reason.
        throw new UntrustedCertificateException(Refusal.Of("Vault", certificate, why));
    }
}
