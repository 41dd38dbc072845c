using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using AkkaVault.Controller.Kubernetes.Access;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>The API server, as the pod's service account or a kubeconfig names it. The files that these name are read for each use, because they may be replaced.</summary>
internal sealed class ApiServer : IDisposable
{
    private readonly ApiAccess _access;
    private readonly Lock _gate = new();
    private HttpClient _http;
    private ClientIdentity? _identity;

    private ApiServer(ApiAccess access)
    {
        _access = access;
        // A credential plug-in runs at the first request.
        _identity = access.Identity(null);
        _http = ApiServerTransport.Create(access, _identity);
    }

    /// <summary>The address, for people.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>The namespace of the kubeconfig's context; null: it names none.</summary>
    public string? Namespace => _access.Namespace;

    /// <summary><c>KUBECONFIG</c> or <c>~/.kube/config</c> where there is one, else the pod's service account.</summary>
    /// <exception cref="KubeconfigException">It is not as it must be; the message names the file and quotes nothing of it.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiServer Connect() => Connect(KubeconfigChoice.None);

    /// <summary>The same, by the kubeconfig and the context that the command line names.</summary>
    /// <exception cref="KubeconfigException">It is not as it must be; the message names the file and quotes nothing of it.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiServer Connect(KubeconfigChoice choice) => new(Kubeconfig.Default(choice));

    /// <summary>By the current context of these kubeconfigs.</summary>
    /// <exception cref="KubeconfigException">It is not as it must be; the message names the file and quotes nothing of it.</exception>
    /// <exception cref="IOException">A file that it names cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiServer Connect(params IReadOnlyList<string> kubeconfigs) => new(Kubeconfig.Read(kubeconfigs));

    /// <summary>By a pod's service account; null: there is none.</summary>
    /// <param name="folder">Where token and CA certificates are.</param>
    /// <param name="host">The value of <c>KUBERNETES_SERVICE_HOST</c>.</param>
    /// <param name="port">The value of <c>KUBERNETES_SERVICE_PORT</c>.</param>
    /// <exception cref="KubeconfigException">It is not as it must be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static ApiServer? OfServiceAccount(string folder, string? host, string? port) => ServiceAccount.Find(folder, host, port) is { } access ? new ApiServer(access) : null;

    /// <summary>An API server with a certificate of the system's roots, or with none.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="token">A bearer token; null: none.</param>
    public static ApiServer For(Uri server, string? token = null) => new(new ApiAccess { Server = server, Token = token });

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
        return await SendAsync(request, cancellation).ConfigureAwait(false);
    }

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="pathAndQuery">Below the server's address, without a slash before it.</param>
    /// <param name="protocol">The subprotocol.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ApiServerException">The API server refuses it, or cannot do it.</exception>
    public async Task<WebSocket> OpenWebSocketAsync(string pathAndQuery, string protocol, CancellationToken cancellation)
    {
        var handshake = new WebSocketHandshake(protocol);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(pathAndQuery, UriKind.Relative));
        handshake.AddTo(request.Headers);
        var response = await SendAsync(request, cancellation).ConfigureAwait(false);
        try
        {
            return await handshake.CompleteAsync(response, cancellation).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _access.Plugin?.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        // .NET verifies the certificate against this name.
        request.Headers.Host = _access.ServerName;
        _access.Impersonation?.AddTo(request.Headers);
        var (http, said) = await PresentAsync(request.Headers, cancellation).ConfigureAwait(false);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Unauthorized && said is not null) _access.Plugin!.Forget(said);
        return response;
    }

    // For each request, because tokens, certificates and keys rotate.
    private async Task<(HttpClient Http, ExecCredentials? Said)> PresentAsync(HttpRequestHeaders headers, CancellationToken cancellation)
    {
        try
        {
            var said = _access.Plugin is { } plugin ? await plugin.AskAsync(cancellation).ConfigureAwait(false) : null;
            if ((said is null ? await _access.TokenAsync(cancellation).ConfigureAwait(false) : said.Token) is { Length: > 0 } token)
                headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            else if (_access.Login is var (name, password))
                headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
            return (Over(said), said);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new HttpRequestException($"the credentials for the API server cannot be obtained: {e.Message}", e);
        }
        catch (FormatException)
        {
            // Without the cause, which quotes the token.
            throw new HttpRequestException("the credentials for the API server cannot be obtained: the token holds characters that no token has");
        }
    }

    private HttpClient Over(ExecCredentials? said)
    {
        lock (_gate)
        {
            var identity = said is { Certificate: { Length: > 0 } certificate, Key: { Length: > 0 } key } ? ClientIdentity.Of(certificate, key, _identity) : _access.Identity(_identity);
            if (Equals(identity, _identity)) return _http;
            // Requests under way end over the old connections, which are closed when they are idle.
            _identity = identity;
            return _http = ApiServerTransport.Create(_access, identity);
        }
    }
}
