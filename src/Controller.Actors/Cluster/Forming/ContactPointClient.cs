using System.Net;
using System.Text.Json;
using AkkaVault.Controller.Observability.Management;

namespace AkkaVault.Controller.Cluster.Forming;

/// <summary>Asks other controllers' management ports, by Akka.Management's protocol, which cluster they are in.</summary>
public sealed class ContactPointClient : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 256 * 1024,
    };

    /// <summary>Asks one.</summary>
    /// <returns>What it says, or null when it is silent or says something else.</returns>
    public async Task<ContactPointAnswer?> AskAsync(ContactPoint point, TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://{point}/bootstrap/seed-nodes"), deadline.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return ContactPointAnswer.Alone with { Busy = true };
            if (response.StatusCode != HttpStatusCode.OK) return null;
            var body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            var document = await JsonSerializer.DeserializeAsync(body, ManagementJson.Default.SeedNodesDocument, deadline.Token).ConfigureAwait(false);
            return document?.SeedNodes is null ? null : new ContactPointAnswer(false, [.. document.SeedNodes.Select(seed => seed.Node)]);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            // Nobody is there yet, or somebody else: both are silence.
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
