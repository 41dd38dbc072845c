using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Tests.TestKit.Vault;

/// <summary>Sends an operator's requests to Vault, with the root token.</summary>
public static class VaultHttp
{
    /// <summary>Writes to a path.</summary>
    /// <returns>The answer; null when it is empty.</returns>
    public static JsonObject? Write(this SimulatedVault vault, string path, JsonObject body)
    {
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } }) { BaseAddress = vault.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/{path}") { Content = JsonContent.Create(body), Headers = { { "X-Vault-Token", vault.RootToken } } };
        using var response = http.Send(request);
        response.EnsureSuccessStatusCode();
        using var stream = response.Content.ReadAsStream();
        return response.StatusCode == HttpStatusCode.NoContent ? null : JsonNode.Parse(stream)!.AsObject();
    }
}
