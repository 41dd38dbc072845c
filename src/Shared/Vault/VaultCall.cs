using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AkkaVault.Shared.Vault;

/// <summary>One request to Vault. It can be sent again after a redirect.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path below <c>/v1/</c>.</param>
/// <param name="Token">The token of the request. A secret.</param>
/// <param name="Body">The JSON body. It may contain secrets.</param>
internal sealed record VaultCall(HttpMethod Method, string Path, string? Token, byte[]? Body)
{
    /// <summary>The lifetime of the wrapping token that Vault returns; null: the answer is not wrapped.</summary>
    public TimeSpan? WrapTtl { get; init; }

    /// <summary>The method and the path, for messages.</summary>
    public string Operation => $"{Method} {Path}";

    public static VaultCall Read(string path, string? token) => new(HttpMethod.Get, path, token, null);

    public static VaultCall Write<T>(HttpMethod method, string path, string? token, T body, JsonTypeInfo<T> type) =>
        new(method, path, token, JsonSerializer.SerializeToUtf8Bytes(body, type));

    /// <summary>The HTTP request.</summary>
    /// <param name="address">The address, absolute or relative to the client's base address.</param>
    /// <param name="ns">Vault's namespace, or null.</param>
    public HttpRequestMessage ToRequest(Uri address, string? ns)
    {
        var request = new HttpRequestMessage(Method, address);
        // Vault Agent and proxies require this header as protection against SSRF. Vault itself ignores it.
        request.Headers.Add("X-Vault-Request", "true");
        if (ns is not null) request.Headers.Add("X-Vault-Namespace", ns);
        if (Token is not null) request.Headers.Add("X-Vault-Token", Token);
        if (WrapTtl is { } ttl) request.Headers.Add("X-Vault-Wrap-TTL", $"{Math.Max(1, (long)ttl.TotalSeconds)}s");
        if (Body is not null) request.Content = new ByteArrayContent(Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return request;
    }

    /// <summary>The exception for an incomplete answer.</summary>
    public VaultException Lacks(string missing) => new(Operation, $"Vault's answer lacks {missing}");

    /// <summary>A text without the token and the body.</summary>
    public override string ToString() => Operation;
}
