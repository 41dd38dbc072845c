using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AkkaVault.Shared.Vault;

/// <summary>
/// The calls we make to Vault (or OpenBao), one method an endpoint. Every failure is a <see cref="VaultException"/>;
/// cancellation is an <see cref="OperationCanceledException"/>. The client keeps no token: each call is given the one it uses.
/// </summary>
/// <param name="http">Sends the requests; its base address is Vault's. Not disposed here.</param>
/// <param name="approlePath">Where the AppRole auth method is mounted, below <c>auth/</c>.</param>
public sealed class VaultClient(HttpClient http, string approlePath = "approle")
{
    /// <summary>
    /// <c>PUT auth/approle/role/:role/secret-id</c> with <c>X-Vault-Wrap-TTL</c>: a new secret_id that only the holder of the
    /// wrapping token will see (https://developer.hashicorp.com/vault/api-docs/auth/approle#generate-new-secret-id).
    /// </summary>
    /// <param name="token">The controller's token.</param>
    /// <param name="role">The AppRole.</param>
    /// <param name="wrapTtl">Lifetime of the wrapping token; sent as whole seconds, at least one.</param>
    /// <param name="metadata">What Vault's audit log is to say of this secret_id.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<WrappingToken> IssueWrappedSecretIdAsync(
        string token, string role, TimeSpan wrapTtl, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation)
    {
        var path = $"auth/{approlePath}/role/{Uri.EscapeDataString(role)}/secret-id";
        var encoded = JsonSerializer.Serialize(new Dictionary<string, string>(metadata), VaultJson.Default.DictionaryStringString);
        using var request = Request(HttpMethod.Put, path, token, new SecretIdRequest(encoded), VaultJson.Default.SecretIdRequest);
        request.Headers.Add("X-Vault-Wrap-TTL", $"{Math.Max(1, (long)wrapTtl.TotalSeconds)}s");
        var answer = await SendAsync(request, path, VaultJson.Default.VaultEnvelopeNoData, cancellation).ConfigureAwait(false);
        return answer?.WrapInfo is { Token.Length: > 0 } wrap
            ? new WrappingToken(wrap.Token, wrap.Accessor, TimeSpan.FromSeconds(wrap.Ttl), wrap.CreationTime, wrap.CreationPath)
            : throw Incomplete(request, path, "wrap_info.token");
    }

    /// <summary><c>POST sys/wrapping/lookup</c>: where a wrapping token comes from, without using it up.</summary>
    public async Task<WrappingLookup> LookupWrappingTokenAsync(string wrappingToken, CancellationToken cancellation)
    {
        const string path = "sys/wrapping/lookup";
        using var request = Request(HttpMethod.Post, path, null, new TokenRequest(wrappingToken), VaultJson.Default.TokenRequest);
        var answer = await SendAsync(request, path, VaultJson.Default.VaultEnvelopeWrappingLookupData, cancellation).ConfigureAwait(false);
        return answer?.Data is { CreationPath: not null } data
            ? new WrappingLookup(data.CreationPath, data.CreationTime, TimeSpan.FromSeconds(data.CreationTtl))
            : throw Incomplete(request, path, "data.creation_path");
    }

    /// <summary><c>PUT sys/wrapping/unwrap</c>: the wrapped secret_id. Works once.</summary>
    public async Task<SecretId> UnwrapSecretIdAsync(string wrappingToken, CancellationToken cancellation)
    {
        const string path = "sys/wrapping/unwrap";
        using var request = Request(HttpMethod.Put, path, wrappingToken, new EmptyRequest(), VaultJson.Default.EmptyRequest);
        var answer = await SendAsync(request, path, VaultJson.Default.VaultEnvelopeSecretIdData, cancellation).ConfigureAwait(false);
        return answer?.Data is { SecretId.Length: > 0, Accessor: not null } data
            ? new SecretId(data.SecretId, data.Accessor)
            : throw Incomplete(request, path, "data.secret_id");
    }

    /// <summary><c>PUT auth/approle/login</c>: a token for a role_id and a secret_id.</summary>
    public async Task<VaultAuth> LoginAsync(string roleId, string secretId, CancellationToken cancellation)
    {
        var path = $"auth/{approlePath}/login";
        using var request = Request(HttpMethod.Put, path, null, new LoginRequest(roleId, secretId), VaultJson.Default.LoginRequest);
        return await SendForAuthAsync(request, path, cancellation).ConfigureAwait(false);
    }

    /// <summary><c>GET auth/token/lookup-self</c>: what a token is.</summary>
    public async Task<TokenLookup> LookupSelfAsync(string token, CancellationToken cancellation)
    {
        const string path = "auth/token/lookup-self";
        using var request = Request(HttpMethod.Get, path, token);
        var answer = await SendAsync(request, path, VaultJson.Default.VaultEnvelopeTokenLookupData, cancellation).ConfigureAwait(false);
        return answer?.Data is { } data
            ? new TokenLookup(
                data.Accessor, TimeSpan.FromSeconds(data.CreationTtl), TimeSpan.FromSeconds(data.Ttl), data.Renewable,
                data.Role, data.Policies ?? [], data.Type ?? "service", data.Path ?? "")
            : throw Incomplete(request, path, "data");
    }

    /// <summary><c>PUT auth/token/renew-self</c>: the token's life starts anew.</summary>
    public async Task<VaultAuth> RenewSelfAsync(string token, CancellationToken cancellation)
    {
        const string path = "auth/token/renew-self";
        using var request = Request(HttpMethod.Put, path, token, new EmptyRequest(), VaultJson.Default.EmptyRequest);
        return await SendForAuthAsync(request, path, cancellation).ConfigureAwait(false);
    }

    /// <summary><c>GET auth/token/roles/:role</c>: what a token role allows.</summary>
    public async Task<TokenRole> ReadTokenRoleAsync(string token, string role, CancellationToken cancellation)
    {
        var path = $"auth/token/roles/{Uri.EscapeDataString(role)}";
        using var request = Request(HttpMethod.Get, path, token);
        var answer = await SendAsync(request, path, VaultJson.Default.VaultEnvelopeTokenRoleData, cancellation).ConfigureAwait(false);
        return answer?.Data is { } data
            ? new TokenRole(
                data.Name, data.Renewable, TimeSpan.FromSeconds(Math.Max(data.Period, data.TokenPeriod)),
                TimeSpan.FromSeconds(Math.Max(data.ExplicitMaxTtl, data.TokenExplicitMaxTtl)))
            : throw Incomplete(request, path, "data");
    }

    /// <summary>
    /// <c>POST auth/token/revoke-accessor</c>. An accessor that Vault does not know (400 <c>invalid accessor</c>) belongs to a
    /// token that is gone already, which is what was wanted: that is no failure.
    /// </summary>
    public async Task RevokeAccessorAsync(string token, string accessor, CancellationToken cancellation)
    {
        const string path = "auth/token/revoke-accessor";
        using var request = Request(HttpMethod.Post, path, token, new AccessorRequest(accessor), VaultJson.Default.AccessorRequest);
        try
        {
            await SendAsync(request, path, VaultJson.Default.VaultEnvelopeNoData, cancellation).ConfigureAwait(false);
        }
        catch (VaultException e) when (e.Status == HttpStatusCode.BadRequest && e.Errors.Any(error => error.Contains("invalid accessor", StringComparison.Ordinal)))
        {
            return;
        }
    }

    private async Task<VaultAuth> SendForAuthAsync(HttpRequestMessage request, string path, CancellationToken cancellation)
    {
        var answer = await SendAsync(request, path, VaultJson.Default.VaultEnvelopeNoData, cancellation).ConfigureAwait(false);
        return answer?.Auth is { ClientToken.Length: > 0 } auth
            ? new VaultAuth(auth.ClientToken, auth.Accessor, TimeSpan.FromSeconds(auth.LeaseDuration), auth.Renewable, auth.Policies ?? [])
            : throw Incomplete(request, path, "auth.client_token");
    }

    private async Task<T?> SendAsync<T>(HttpRequestMessage request, string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        var operation = $"{request.Method} {path}";
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new VaultException(operation, response.StatusCode, ErrorsIn(body), RetryAfter(response));
            return response.StatusCode == HttpStatusCode.NoContent || body.Length == 0 ? null : JsonSerializer.Deserialize(body, type);
        }
        catch (HttpRequestException e)
        {
            throw new VaultException(operation, $"cannot reach Vault at {http.BaseAddress}: {Reason(e)}", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new VaultException(operation, $"Vault at {http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:0.#}s", e);
        }
        catch (JsonException)
        {
            // Without the cause: its message may quote the body, and the body may hold a token.
            throw new VaultException(operation, "the answer is not the JSON that Vault sends; is this address really Vault's?");
        }
    }

    private static string Reason(HttpRequestException e) => e.InnerException is { } inner && inner.Message != e.Message
        ? $"{e.Message} ({inner.Message})"
        : e.Message;

    private static HttpRequestMessage Request(HttpMethod method, string path, string? token)
    {
        var request = new HttpRequestMessage(method, new Uri($"v1/{path}", UriKind.Relative));
        // Asked for by Vault Agent and proxies as a guard against SSRF; ignored by Vault itself.
        request.Headers.Add("X-Vault-Request", "true");
        if (token is not null) request.Headers.Add("X-Vault-Token", token);
        return request;
    }

    private static HttpRequestMessage Request<T>(HttpMethod method, string path, string? token, T body, JsonTypeInfo<T> type)
    {
        var request = Request(method, path, token);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
        return request;
    }

    private static IReadOnlyList<string> ErrorsIn(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, VaultJson.Default.VaultErrors)?.Errors ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
        _ => null,
    };

    private static VaultException Incomplete(HttpRequestMessage request, string path, string missing) =>
        new($"{request.Method} {path}", $"Vault's answer lacks {missing}");
}
