using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Benchmarks;

/// <summary>Requests that create or change an object of an API server.</summary>
internal static class ApiRequests
{
    /// <summary>Sends an object with POST, or changes to one with PATCH, as a merge patch.</summary>
    /// <param name="api">A client of the API server.</param>
    /// <param name="method">POST or PATCH.</param>
    /// <param name="path">The path, relative to the API server's address.</param>
    /// <param name="body">The object, or the changes.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InvalidOperationException">The API server refused it.</exception>
    public static async Task SendAsync(this HttpClient api, HttpMethod method, string path, JsonObject body, CancellationToken cancellation)
    {
        var type = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(type)) };
        using var answer = await api.SendAsync(request, cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)}");
    }
}
