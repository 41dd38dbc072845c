using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>Sends the requests of an <see cref="HttpClient"/> to the API server of a kubeconfig, as its user.</summary>
internal sealed class KubeconfigHandler : HttpMessageHandler
{
    private readonly ApiServer _api;

    private KubeconfigHandler(ApiServer api) => _api = api;

    /// <summary>A client of the API server.</summary>
    /// <exception cref="InvalidOperationException">The kubeconfig cannot be used.</exception>
    public static HttpClient Client(string kubeconfig)
    {
        try
        {
            var api = ApiServer.Connect([kubeconfig]);
            return new HttpClient(new KubeconfigHandler(api)) { BaseAddress = api.Address };
        }
        catch (Exception e) when (e is Controller.Kubernetes.Access.KubeconfigException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _api.SendAsync(request.Method, $"{_api.Address.MakeRelativeUri(request.RequestUri!)}", request.Content, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _api.Dispose();
        base.Dispose(disposing);
    }
}
