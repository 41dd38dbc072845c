using System.Text.Json;
using AkkaVault.Shared.Http;

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
        throw new ApiServerException((int)response.StatusCode, MessageIn(body) ?? Words(response, body));
    }

    private static string? MessageIn(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, KubernetesJson.Default.StatusDocument)?.Message;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The API server itself says some things in plain text: that it is asked too much, for one.
    private static string Words(HttpResponseMessage response, byte[] body) =>
        !ForeignAnswer.IsOfTlsPort(body) && response.Content.Headers.ContentType?.MediaType == "text/plain" && response.ReasonPhrase is { Length: > 0 } reason
            ? reason
            : ForeignAnswer.Explain(response, body, "API server");
}
