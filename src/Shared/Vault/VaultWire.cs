using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AkkaVault.Shared.Http;

namespace AkkaVault.Shared.Vault;

/// <summary>Sends calls, follows one redirect, and turns everything that can go wrong into a <see cref="VaultException"/>.</summary>
/// <param name="http">Its base address is Vault's.</param>
/// <param name="ns">Vault's namespace, or null.</param>
internal sealed class VaultWire(HttpClient http, string? ns)
{
    /// <summary>The answer's JSON; null when it has none.</summary>
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

    /// <summary>What answered is not JSON. Without the cause: its message may quote the body, and the body may hold a token.</summary>
    public static VaultException NotJson(VaultCall call) =>
        new(call.Operation, "the answer is not the JSON that Vault sends; is this address really Vault's?") { Cause = VaultCause.NotVault };

    /// <summary>The answer's body.</summary>
    public async Task<byte[]> SendAsync(VaultCall call, CancellationToken cancellation)
    {
        try
        {
            using var first = await SendAsync(call, new Uri($"v1/{call.Path}", UriKind.Relative), cancellation).ConfigureAwait(false);
            if (!IsRedirect(first)) return await BodyAsync(call, first, cancellation).ConfigureAwait(false);
            // A standby node names the active one (https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection).
            using var second = await SendAsync(call, Target(call, first), cancellation).ConfigureAwait(false);
            return IsRedirect(second)
                ? throw new VaultException(call.Operation, $"redirected a second time, to {Masked(second.Headers.Location)}; does every Vault node have an api_addr of its own?")
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
            // Without the cause: it may quote the header that cannot be sent, and that may be the token.
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
            // Whoever it is does not know what Vault would say: it says nothing of tokens, roles and rights.
            : new VaultException(call.Operation, ForeignAnswer.Explain(response, body, "Vault"), retryAfter: RetryAfter(response)) { Cause = VaultCause.NotVault };
    }

    // Every redirection repeats method and body, as Vault's own client does: load balancers send 301 and 302 for that.
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

    private static string Masked(Uri? location) => UserInfo.Mask(location?.OriginalString ?? "nowhere");

    /// <summary>Vault's own words, perhaps none; null: it is not Vault that answers. Each of its errors has them.</summary>
    private static IReadOnlyList<string>? ErrorsIn(byte[] body)
    {
        try
        {
            // KV 2 sends what it knows of a deleted secret along with its 404, and no errors.
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
