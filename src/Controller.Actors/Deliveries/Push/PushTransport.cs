using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Controller.Deliveries.Push;

/// <summary>The HTTP connections to init containers: a new one for each push. Certificates of init containers are self-signed and short-lived, so they are not verified.</summary>
internal static class PushTransport
{
    /// <summary>How long a connection may take.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    private const int MaxAnswerBytes = 64 * 1024;

    /// <summary>A client without connections. It has no time limit: the caller gives each push its own.</summary>
    public static HttpClient Create()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
            // An init container is pushed to once, or again after a long time, and other pods use its address again.
            PooledConnectionLifetime = TimeSpan.Zero,
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                // The chain is built before that callback. Nothing that a pod's certificate names is to be downloaded, and no root is needed: with the system's
                // roots, .NET copies all of them for each chain.
                CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck, TrustMode = X509ChainTrustMode.CustomRootTrust },
            },
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
    }
}
