using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Tests.TestKit.Vault;

/// <summary>A Vault, simulated or real. Tests set it up and use it only over HTTP.</summary>
public sealed class VaultUnderTest : IAsyncDisposable
{
    public const string Role = "sample-app";
    private readonly IAsyncDisposable vault;

    public VaultUnderTest(IAsyncDisposable vault, Uri address, string rootToken)
    {
        this.vault = vault;
        RootToken = rootToken;
        Http = VaultTransport.Create(address, new SystemTrust());
        Client = new VaultClient(Http);
    }

    public string RootToken { get; }

    public HttpClient Http { get; }

    public VaultClient Client { get; }

    public string SecretIdPath(string mount = "approle") => $"auth/{mount}/role/{Role}/secret-id";

    /// <summary>Sends one plain request, with the root token or a given one.</summary>
    public async Task<(int Status, JsonNode? Body)> SendAsync(string method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"v1/{path}");
        request.Headers.Add("X-Vault-Token", token ?? RootToken);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    /// <summary>Sends a request that must succeed. Returns its <c>data</c> or <c>auth</c>.</summary>
    public async Task<JsonNode> DoAsync(string method, string path, object? body = null, string? token = null)
    {
        var (status, answer) = await SendAsync(method, path, body, token);
        Assert.True(status is 200 or 204, $"{method} {path}: {status} {answer?.ToJsonString()}");
        return answer?["data"] ?? answer?["auth"] ?? new JsonObject();
    }

    public async Task<string> EnableAppRoleAsync(object role, string mount = "approle")
    {
        await DoAsync("POST", $"sys/auth/{mount}", new { type = "approle" });
        await DoAsync("POST", $"auth/{mount}/role/{Role}", role);
        return (string)(await DoAsync("GET", $"auth/{mount}/role/{Role}/role-id"))["role_id"]!;
    }

    /// <summary>Creates the controller's token as the quick start of Kubernetes-Vault does.</summary>
    public async Task<string> CreateControllerTokenAsync(string mount = "approle")
    {
        const string policy = """
            path "auth/token/roles/kubernetes-vault" { capabilities = ["read"] }
            path "auth/token/revoke-accessor" { capabilities = ["update"] }
            """;
        await WritePolicyAsync("kubernetes-vault", $"{policy}\npath \"{SecretIdPath(mount)}\" {{ capabilities = [\"update\"] }}");
        await DoAsync("POST", "auth/token/roles/kubernetes-vault", new { allowed_policies = "kubernetes-vault", period = "6h" });
        return (string)(await DoAsync("POST", "auth/token/create/kubernetes-vault", new { }))["client_token"]!;
    }

    public Task WritePolicyAsync(string name, string policy) => DoAsync("PUT", $"sys/policies/acl/{name}", new { policy });

    public async Task<string> CreateTokenAsync(object body, string? token = null) =>
        (string)(await DoAsync("POST", "auth/token/create", body, token))["client_token"]!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await vault.DisposeAsync();
    }
}
