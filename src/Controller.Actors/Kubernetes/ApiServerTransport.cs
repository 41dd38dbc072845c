using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AkkaVault.Controller.Kubernetes.Access;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>The HTTP client for the API server.</summary>
internal static class ApiServerTransport
{
    // A peer that vanished is noticed after 10 + 3 * 5 s, even while nothing is sent.
    private const int KeepAliveSeconds = 10;
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveProbes = 3;

    private static readonly SystemTrust s_system = new();

    /// <summary>A client.</summary>
    /// <param name="access">How it is reached.</param>
    /// <param name="identity">The client's certificate; null: none.</param>
    public static HttpClient Create(ApiAccess access, ClientIdentity? identity)
    {
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            Proxy = access.Proxy is { } proxy ? ProxyOf(proxy) : EnvironmentProxy.Current,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ConnectCallback = ConnectAsync,
            // Names of users and groups that are impersonated, as kubectl sends them.
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            SslOptions = new SslClientAuthenticationOptions
            {
                // Nothing that an unverified certificate names is fetched.
                CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
                ClientCertificateContext = identity?.Context,
                RemoteCertificateValidationCallback = (_, presented, chain, errors) => Check(access, presented, chain, errors),
            },
        };
        return new HttpClient(new DiscreetHandler(handler)) { BaseAddress = new Uri(UserInfo.Without(access.Server).AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    private static WebProxy ProxyOf(Uri address) => new(UserInfo.Without(address)) { Credentials = address.UserInfo.Length == 0 ? null : ProxyServer.CredentialsIn(address.UserInfo) };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
            await socket.ConnectAsync(context.DnsEndPoint, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool Check(ApiAccess access, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        if (access.SkipVerification) return true;
        if (presented is not X509Certificate2 certificate) throw new AuthenticationException("the API server presented no certificate");
        if (WhyNot(access, certificate, chain?.ChainPolicy.ExtraStore ?? [], errors) is not { } why) return true;
        // Thrown, so that the caller gets the reason.
        throw new AuthenticationException(Refusal.Of("the API server", certificate, why));
    }

    private static string? WhyNot(ApiAccess access, X509Certificate2 presented, X509Certificate2Collection others, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return $"it is not for the name {access.ServerName ?? access.Server.Host}";
        if (access.Cas is not { } cas) return s_system.WhyNot(presented, others, errors);
        try
        {
            return TrustAnchors.WhyNotTrusted(presented, others, cas.Certificates(), TrustAnchors.ServerAuthentication);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        catch (CryptographicException)
        {
            return $"{cas.Path} holds no certificates in PEM";
        }
    }
}
