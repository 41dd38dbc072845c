using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AkkaVault.Shared.Vault;

/// <summary>One request to Vault, such that it can be sent again to where it is redirected.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Below <c>/v1/</c>.</param>
/// <param name="Token">The token used. A secret.</param>
/// <param name="Body">JSON; may hold secrets.</param>
internal sealed record VaultCall(HttpMethod Method, string Path, string? Token, byte[]? Body)
{
    /// <summary>Wraps the answer for so long.</summary>
    public TimeSpan? WrapTtl { get; init; }

    /// <summary>For messages.</summary>
    public string Operation => $"{Method} {Path}";

    public static VaultCall Read(string path, string? token) => new(HttpMethod.Get, path, token, null);

    public static VaultCall Write<T>(HttpMethod method, string path, string? token, T body, JsonTypeInfo<T> type) =>
        new(method, path, token, JsonSerializer.SerializeToUtf8Bytes(body, type));

    /// <summary>The request as it is sent.</summary>
    /// <param name="address">Absolute, or relative to the client's base address.</param>
    /// <param name="ns">Vault's namespace, or null.</param>
    public HttpRequestMessage ToRequest(Uri address, string? ns)
    {
        var request = new HttpRequestMessage(Method, address);
        // Asked for by Vault Agent and proxies as a guard against SSRF; ignored by Vault itself.
        request.Headers.Add("X-Vault-Request", "true");
        if (ns is not null) request.Headers.Add("X-Vault-Namespace", ns);
        if (Token is not null) request.Headers.Add("X-Vault-Token", Token);
        if (WrapTtl is { } ttl) request.Headers.Add("X-Vault-Wrap-TTL", $"{Math.Max(1, (long)ttl.TotalSeconds)}s");
        if (Body is not null) request.Content = new ByteArrayContent(Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return request;
    }

    /// <summary>The answer is not complete.</summary>
    public VaultException Lacks(string missing) => new(Operation, $"Vault's answer lacks {missing}");

    /// <summary>Without the token and the body.</summary>
    public override string ToString() => Operation;
}
