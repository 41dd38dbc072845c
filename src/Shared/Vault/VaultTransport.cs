using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Vault;

/// <summary>How bytes travel to one Vault address.</summary>
public static class VaultTransport
{
    /// <summary>How long one request to Vault may take.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>An HTTP client for one Vault; keep it as long as that Vault is spoken to.</summary>
    /// <param name="address">Vault's base address, http or https.</param>
    /// <param name="roots">The certificates that Vault's must chain to, and no others; null: the system's roots.</param>
    public static HttpClient Create(Uri address, X509Certificate2Collection? roots)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = true, // A standby node answers 307 with the active node's address.
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectTimeout = RequestTimeout,
        };
        if (roots is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(roots);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return new HttpClient(handler)
        {
            BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = RequestTimeout,
        };
    }
}
