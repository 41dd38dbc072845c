using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>A simulated Vault with one AppRole, sidecars of it, and pushes to them.</summary>
internal static class SidecarVault
{
    private const string Role = "web";
    private static readonly IReadOnlyDictionary<string, string> s_noMetadata = new Dictionary<string, string>();

    public static async Task<SimulatedVault> StartVaultAsync(AppRoleSettings role)
    {
        var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), CancellationToken.None);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole(Role, role);
        return vault;
    }

    public static Task<InitProcess> StartAsync(SimulatedVault vault, params (string Name, string Value)[] more)
    {
        var environment = more.ToDictionary(pair => pair.Name, pair => pair.Value);
        environment["MODE"] = "sidecar";
        environment["VAULT_ROLE_ID"] = vault.Setup.ReadRoleId(Role);
        return InitProcess.StartAsync(environment);
    }

    public static async Task<SecretPush> PushAsync(SimulatedVault vault, byte[]? cas = null)
    {
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        var wrapped = await new VaultClient(http).IssueWrappedSecretIdAsync(
            vault.Setup.CreateControllerToken([Role]), Role, TimeSpan.FromMinutes(1), s_noMetadata, null, CancellationToken.None);
        return new SecretPush(wrapped.Token, wrapped.CreationTime, (long)wrapped.Ttl.TotalSeconds, vault.Address.ToString(), cas);
    }

    public static string Token(InitProcess sidecar) => (string)JsonNode.Parse(sidecar.ReadFile("vault-token"))!["clientToken"]!;

    public static async Task<TokenLookup> LookUpAsync(SimulatedVault vault, string token)
    {
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        return await new VaultClient(http).LookupSelfAsync(token, CancellationToken.None);
    }

    /// <summary>Changes the AppRole as an operator does.</summary>
    public static async Task ChangeRoleAsync(SimulatedVault vault, object change)
    {
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        http.DefaultRequestHeaders.Add("X-Vault-Token", vault.RootToken);
        using var response = await http.PostAsJsonAsync($"v1/auth/approle/role/{Role}", change);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}
