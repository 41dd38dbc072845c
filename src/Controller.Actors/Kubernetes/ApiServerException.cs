using System.Text.Json;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>The API server answered with an error, or sent one in a watch.</summary>
/// <param name="code">The HTTP status, or the <c>code</c> of a Status object.</param>
/// <param name="message">The server's own words.</param>
public sealed class ApiServerException(int code, string message) : Exception($"{code}: {message}")
{
    /// <summary>The HTTP status, or the <c>code</c> of a Status object.</summary>
    public int Code { get; } = code;

    /// <summary>Throws unless the answer is 2xx.</summary>
    /// <exception cref="ApiServerException">It is not.</exception>
    public static async Task ThrowUnlessOkAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode) return;
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        string? message = null;
        try
        {
            message = JsonSerializer.Deserialize(body, KubernetesJson.Default.StatusDocument)?.Message;
        }
        catch (JsonException)
        {
            // A proxy in between; its status says enough.
            message = null;
        }

        throw new ApiServerException((int)response.StatusCode, message ?? response.ReasonPhrase ?? "no reason given");
    }
}
