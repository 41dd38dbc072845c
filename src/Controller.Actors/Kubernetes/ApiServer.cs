using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AkkaVault.Shared.Http;
using k8s;
using k8s.Exceptions;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>The API server, as the pod's service account or the kubeconfig reaches it.</summary>
public sealed class ApiServer : IDisposable
{
    // A peer that is gone without a word is noticed after 10 + 3 * 5 s, also where nothing is being sent.
    private const int KeepAliveSeconds = 10;
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveProbes = 3;

    private readonly HttpClient _http;
    private readonly KubernetesClientConfiguration _configuration;

    private ApiServer(KubernetesClientConfiguration configuration)
    {
        _configuration = configuration;
        var handler = new SocketsHttpHandler { UseCookies = false, Proxy = EnvironmentProxy.Current, ConnectTimeout = TimeSpan.FromSeconds(10), ConnectCallback = ConnectAsync, SslOptions = Tls(configuration) };
        _http = new HttpClient(new DiscreetHandler(handler)) { BaseAddress = UserInfo.Without(new Uri(configuration.Host.TrimEnd('/') + "/")), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The address, for people.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary><c>KUBECONFIG</c> or <c>~/.kube/config</c> where there is one, else the pod's service account.</summary>
    /// <exception cref="KubeConfigException">It is not as it must be; the message names the file and quotes nothing of it.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiServer Connect() => Kubeconfig.Read(Kubeconfig.Default(), KubernetesClientConfiguration.BuildDefaultConfig, For);

    /// <summary>As configured.</summary>
    public static ApiServer For(KubernetesClientConfiguration configuration) => new(configuration);

    /// <summary>As a kubeconfig's current context says.</summary>
    /// <exception cref="KubeConfigException">It is not as it must be; the message names the file and quotes nothing of it.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiServer Connect(string kubeconfig) => Kubeconfig.Read(kubeconfig, () => KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), For);

    /// <summary>Sends a GET; the answer's body is not read yet.</summary>
    public Task<HttpResponseMessage> GetAsync(string pathAndQuery, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, pathAndQuery, null, cancellation);

    /// <summary>Sends a request; the answer's body is not read yet.</summary>
    /// <param name="method">GET, POST, PUT, PATCH or DELETE.</param>
    /// <param name="pathAndQuery">Below the server's address, without a slash before it.</param>
    /// <param name="body">What is sent; null: nothing.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string pathAndQuery, HttpContent? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(pathAndQuery, UriKind.Relative)) { Content = body };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = await AuthorizationAsync(cancellation).ConfigureAwait(false);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

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

    // Asked anew for every request: service-account tokens rotate.
    private async Task<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken cancellation)
    {
        if (_configuration.TokenProvider is { } provider) return await provider.GetAuthenticationHeaderAsync(cancellation).ConfigureAwait(false);
        if (_configuration.AccessToken is { Length: > 0 } token) return new AuthenticationHeaderValue("Bearer", token);
        return null;
    }

    private static SslClientAuthenticationOptions Tls(KubernetesClientConfiguration configuration)
    {
        // Nothing that a certificate names is fetched before it is known whose it is.
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        if (configuration.SkipTlsVerify) tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else if (configuration.SslCaCerts is { } roots)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        if (ClientCertificate(configuration) is { } certificate) tls.ClientCertificates = [certificate];
        return tls;
    }

    private static X509Certificate2? ClientCertificate(KubernetesClientConfiguration configuration)
    {
        string? Pem(string? base64, string? file) => base64 is { Length: > 0 }
            ? Encoding.UTF8.GetString(Convert.FromBase64String(base64))
            : file is { Length: > 0 } ? File.ReadAllText(file) : null;

        return Pem(configuration.ClientCertificateData, configuration.ClientCertificateFilePath) is { } certificate
            && Pem(configuration.ClientCertificateKeyData, configuration.ClientKeyFilePath) is { } key
            ? X509Certificate2.CreateFromPem(certificate, key)
            : null;
    }
}
