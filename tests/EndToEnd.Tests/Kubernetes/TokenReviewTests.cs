using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;
using YamlDotNet.RepresentationModel;

namespace AkkaVault.EndToEnd.Tests.Kubernetes;

/// <summary>The simulated Vault's Kubernetes auth method, configured without keys: it asks a real API server about tokens.</summary>
public sealed class TokenReviewTests : IAsyncLifetime
{
    private const string Account = "api/v1/namespaces/default/serviceaccounts/controller";
    private RealApiServer? _api;

    public async Task InitializeAsync()
    {
        if (RealApiServer.Missing is null) _api = await RealApiServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_token_logs_in_as_long_as_the_API_server_knows_it()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        await _api!.CreateAsync("api/v1/namespaces/default/serviceaccounts", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "controller" } });
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        using var http = new HttpClient { BaseAddress = new Uri(vault.Address, "v1/") };
        http.DefaultRequestHeaders.Add("X-Vault-Token", vault.RootToken);
        await PutAsync(http, "sys/auth/kubernetes", new() { ["type"] = "kubernetes" });
        var (authority, administrator) = await AdministratorAsync();
        await PutAsync(http, "auth/kubernetes/config", new() { ["kubernetes_host"] = $"{_api.Address}", ["kubernetes_ca_cert"] = authority, ["token_reviewer_jwt"] = administrator });
        vault.Setup.CreateKubernetesRole("controller", new KubernetesRoleSettings { ServiceAccounts = ["controller"], Namespaces = ["default"] });

        var token = await TokenAsync();
        Assert.Equal(HttpStatusCode.OK, await LoginAsync(http, token));
        // The claims of another's token, in the one account's name: the API server looks at the signature.
        using var forger = new ServiceAccountTokens();
        Assert.Equal(HttpStatusCode.Forbidden, await LoginAsync(http, forger.Sign("default", "controller")));
        await _api.Admin.DeleteAsync(new Uri(Account, UriKind.Relative));
        // The API server remembers for ten seconds whom it knew.
        await Eventually.TrueAsync(() => LoginAsync(http, token), status => status == HttpStatusCode.Forbidden, "the token of the deleted account is refused");
    }

    private async Task<string> TokenAsync()
    {
        var request = new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "TokenRequest", ["spec"] = new JsonObject() };
        using var answer = await _api!.Admin.PostAsJsonAsync(new Uri($"{Account}/token", UriKind.Relative), request);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["status"]!["token"]!;
    }

    /// <summary>The authority of the API server in PEM, and a token that may ask it about tokens: from the kubeconfig.</summary>
    private async Task<(string Authority, string Token)> AdministratorAsync()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(await File.ReadAllTextAsync(_api!.AdminKubeconfig)));
        var root = yaml.Documents[0].RootNode;
        var authority = $"{root["clusters"][0]["cluster"]["certificate-authority-data"]}";
        return (System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(authority)), $"{root["users"][0]["user"]["token"]}");
    }

    private static async Task PutAsync(HttpClient http, string path, JsonObject body) => (await http.PutAsJsonAsync(path, body)).EnsureSuccessStatusCode();

    private static async Task<HttpStatusCode> LoginAsync(HttpClient http, string jwt) =>
        (await http.PostAsJsonAsync("auth/kubernetes/login", new JsonObject { ["role"] = "controller", ["jwt"] = jwt })).StatusCode;
}
