using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox;

/// <summary>Sends GET requests to the management port of controllers.</summary>
internal static class ManagementPort
{
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>A controller's answer; null when the controller does not answer.</summary>
    public static async Task<JsonNode?> GetAsync(string ip, string path, CancellationToken cancellation)
    {
        try
        {
            return JsonNode.Parse(await s_http.GetStringAsync(new Uri($"http://{ip}:{ControllerPlace.ManagementPort}/{path}"), cancellation).ConfigureAwait(false));
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // The controller is starting, or it has just ended.
            return null;
        }
    }
}
