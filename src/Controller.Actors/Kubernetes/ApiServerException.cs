using System.Net;
using System.Text.Json;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>The API server answered with an error or sent one in a watch, or something else answered.</summary>
internal sealed class ApiServerException : Exception
{
    /// <summary>The API server's own answer.</summary>
    /// <param name="code">The HTTP status, or the <c>code</c> of a Status object.</param>
    /// <param name="message">The server's own words.</param>
    public ApiServerException(int code, string message)
        : base($"{code}: {message}") => Code = code;

    private ApiServerException(string message)
        : base(message) => Code = (int)HttpStatusCode.BadGateway;

    /// <summary>The HTTP status, or the <c>code</c> of a Status object; 502 where something else than the API server answered.</summary>
    public int Code { get; }

    /// <summary>Throws unless the answer is 2xx.</summary>
    /// <exception cref="ApiServerException">It is not.</exception>
    public static async Task ThrowUnlessOkAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (await OfAsync(response, cancellation).ConfigureAwait(false) is { } refused) throw refused;
    }

    /// <summary>Throws unless the answer is 2xx, or the API server says that there is no such thing.</summary>
    /// <returns>Whether it is there.</returns>
    /// <exception cref="ApiServerException">It is neither.</exception>
    public static async Task<bool> ThrowUnlessOkOrMissingAsync(HttpResponseMessage response, CancellationToken cancellation) =>
        await OfAsync(response, cancellation).ConfigureAwait(false) is not { } refused || (refused.Code == (int)HttpStatusCode.NotFound ? false : throw refused);

    /// <summary>The error in an answer; null: it is 2xx.</summary>
    public static async Task<ApiServerException?> OfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode) return null;
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        if (StatusIn(body) is { } status) return new ApiServerException((int)response.StatusCode, status.Message ?? status.Reason ?? "no reason given");
        // A load balancer's 404 does not mean that an object is missing, nor its 403 that a right is.
        return IsPlain(response, body)
            ? new ApiServerException((int)response.StatusCode, response.ReasonPhrase ?? "no reason given")
            : new ApiServerException(ForeignAnswer.Explain(response, body, "the API server"));
    }

    private static StatusDocument? StatusIn(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, StatusJson.Default.StatusDocument) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Answers of the API server in plain text: too many requests, an internal error, an unknown path.
    private static bool IsPlain(HttpResponseMessage response, ReadOnlySpan<byte> body) =>
        response.Content.Headers.ContentType?.MediaType == "text/plain"
        && (response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError || (response.StatusCode == HttpStatusCode.NotFound && body.StartsWith("404 page not found"u8)));
}
