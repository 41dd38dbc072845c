using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Tests.TestKit.Vault;

/// <summary>A Vault, simulated or real, with a client. Tests set it up and use it over HTTP.</summary>
public class VaultFixture : IAsyncDisposable
{
    public const string Role = "sample-app";
    public const string SecretIdPath = $"auth/approle/role/{Role}/secret-id";
    public static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();
    private readonly IAsyncDisposable _vault;

    public VaultFixture(IAsyncDisposable vault, Uri address, string rootToken)
    {
        (_vault, RootToken) = (vault, rootToken);
        Http = VaultTransport.Create(address, new SystemTrust());
        Client = new VaultClient(Http);
    }

    public string RootToken { get; }

    public HttpClient Http { get; }

    public VaultClient Client { get; }

    /// <summary>Sends one plain request, with the client <paramref name="over"/> if it is given.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response)> SendAsync(
        string method, string path, string? token = null, object? body = null, HttpClient? over = null, string? ns = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"v1/{path}");
        if (ns is not null) request.Headers.Add("X-Vault-Namespace", ns);
        if (token is not null) request.Headers.Add("X-Vault-Token", token);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await (over ?? Http).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null, response);
    }

    /// <summary>Sends a request that must succeed, with the root token or a given one. Returns the <c>data</c> or <c>auth</c> of the answer.</summary>
    public async Task<JsonNode> DoAsync(string method, string path, object? body = null, string? token = null)
    {
        var (status, answer, _) = await SendAsync(method, path, token ?? RootToken, body);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{method} {path}: {status} {answer?.ToJsonString()}");
        return answer?["data"] ?? answer?["auth"] ?? new JsonObject();
    }

    public async Task<string> EnableAppRoleAsync(object role)
    {
        await DoAsync("POST", "sys/auth/approle", new { type = "approle" });
        await DoAsync("POST", $"auth/approle/role/{Role}", role);
        return (string)(await DoAsync("GET", $"auth/approle/role/{Role}/role-id"))["role_id"]!;
    }

    /// <summary>Creates the controller's token as the quick start of Kubernetes-Vault does.</summary>
    public async Task<string> CreateControllerTokenAsync()
    {
        const string policy = """
            path "auth/token/roles/kubernetes-vault" { capabilities = ["read"] }
            path "auth/token/revoke-accessor" { capabilities = ["update"] }
            """;
        await WritePolicyAsync("kubernetes-vault", $"{policy}\npath \"{SecretIdPath}\" {{ capabilities = [\"update\"] }}");
        await DoAsync("POST", "auth/token/roles/kubernetes-vault", new { allowed_policies = "kubernetes-vault", period = "6h" });
        return (string)(await DoAsync("POST", "auth/token/create/kubernetes-vault", new { }))["client_token"]!;
    }

    public Task WritePolicyAsync(string name, string policy) => DoAsync("PUT", $"sys/policies/acl/{name}", new { policy });

    public async Task<string> CreateTokenAsync(object body, string? token = null) =>
        (string)(await DoAsync("POST", "auth/token/create", body, token))["client_token"]!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        GC.SuppressFinalize(this);
        await _vault.DisposeAsync();
    }
}
