using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AkkaVault.Shared.Http;

namespace AkkaVault.Shared.Vault;

/// <summary>Sends calls, follows one redirect, and throws a <see cref="VaultException"/> for every failure.</summary>
/// <param name="http">Sends the requests. Its base address is Vault's.</param>
/// <param name="ns">Vault's namespace, or null.</param>
internal sealed class VaultWire(HttpClient http, string? ns)
{
    /// <summary>Sends a call and returns the JSON of the answer; null if the answer has no body.</summary>
    public async Task<T?> SendAsync<T>(VaultCall call, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var body = await SendAsync(call, cancellation).ConfigureAwait(false);
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            throw NotJson(call);
        }
    }

    /// <summary>The answer is not JSON. There is no inner exception: its message may quote the body, and the body may contain a token.</summary>
    public static VaultException NotJson(VaultCall call) =>
        new(call.Operation, "the answer is not the JSON that Vault sends; is this address really Vault's?") { Cause = VaultCause.NotVault };

    /// <summary>Sends a call and returns the body of the answer.</summary>
    public async Task<byte[]> SendAsync(VaultCall call, CancellationToken cancellation)
    {
        try
        {
            using var first = await SendAsync(call, new Uri($"v1/{call.Path}", UriKind.Relative), cancellation).ConfigureAwait(false);
            if (!IsRedirect(first)) return await BodyAsync(call, first, cancellation).ConfigureAwait(false);
            // A standby node redirects to the active node (https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection).
            using var second = await SendAsync(call, Target(call, first), cancellation).ConfigureAwait(false);
            return IsRedirect(second)
                ? throw RedirectedAgain(call, second.Headers.Location)
                : await BodyAsync(call, second, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new VaultException(call.Operation, $"the answer is larger than {http.MaxResponseContentBufferSize} bytes; is this address really Vault's?", e) { Cause = VaultCause.NotVault };
        }
        catch (HttpRequestException e)
        {
            throw new VaultException(call.Operation, $"cannot reach Vault at {http.BaseAddress}: {Causes.Of(e)}", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new VaultException(call.Operation, $"Vault at {http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:0.#}s", e);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or NotSupportedException)
        {
            // No inner exception: its message may quote a header that cannot be sent, and that may be the token.
            throw new VaultException(call.Operation, $"the request cannot be sent ({e.GetType().Name}); is there a line break in a token or a name?");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(VaultCall call, Uri address, CancellationToken cancellation)
    {
        using var request = call.ToRequest(address, ns);
        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation).ConfigureAwait(false);
    }

    private static async Task<byte[]> BodyAsync(VaultCall call, HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return body;
        throw ErrorsIn(body) is { } errors
            ? new VaultException(call.Operation, response.StatusCode, errors, RetryAfter(response))
            // Another server's status says nothing about Vault's tokens, roles and rights.
            : new VaultException(call.Operation, ForeignAnswer.Explain(response, body, "Vault"), retryAfter: RetryAfter(response)) { Cause = VaultCause.NotVault };
    }

    // Every redirect repeats the method and the body, as Vault's own client does: some load balancers redirect with 301 and 302.
    private static bool IsRedirect(HttpResponseMessage response) => response.StatusCode is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private Uri Target(VaultCall call, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location) throw new VaultException(call.Operation, "redirected without an address");
        var target = location.IsAbsoluteUri ? location : new Uri(response.RequestMessage!.RequestUri!, location);
        if (target.Scheme is not ("http" or "https")) throw new VaultException(call.Operation, $"redirected to {Masked(target)}, which is neither http nor https");
        return http.BaseAddress!.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp
            ? throw new VaultException(call.Operation, $"redirected to {Masked(target)}: the token would travel in the clear; set Vault's api_addr to an https address")
            : target;
    }

    private static VaultException RedirectedAgain(VaultCall call, Uri? location) => new(call.Operation, location is null
        ? "redirected a second time, without an address"
        : $"redirected a second time, to {Masked(location)}; does every Vault node have an api_addr of its own?");

    private static string Masked(Uri location) => UserInfo.Mask(location.OriginalString);

    /// <summary>Vault's errors, perhaps none. Null: the answer has neither errors nor a request_id, so it is not Vault's.</summary>
    private static IReadOnlyList<string>? ErrorsIn(byte[] body)
    {
        try
        {
            // For a deleted secret KV 2 answers with 404 and what it knows of the secret, without errors.
            return JsonSerializer.Deserialize(body, VaultJson.Default.VaultErrors) is { } answer ? answer.Errors ?? (answer.RequestId is { Length: > 0 } ? [] : null) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
        _ => null,
    };
}
