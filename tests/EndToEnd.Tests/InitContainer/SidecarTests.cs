using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>The sidecar as a process, with the simulated Vault and lives of seconds.</summary>
public sealed class SidecarTests
{
    private const string Role = "web";
    private static readonly IReadOnlyDictionary<string, string> s_noMetadata = new Dictionary<string, string>();

    [Fact]
    public async Task A_periodic_token_outlives_its_ttl_and_SIGTERM_ends_the_sidecar_with_0()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings { Period = TimeSpan.FromSeconds(4) });
        await using var sidecar = await StartAsync(vault);
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        var token = Token(sidecar);
        // Each comes after 40 % of the period at the earliest.
        await Eventually.TrueAsync(() => sidecar.Output.Split("Renewed the token for").Length > 5, "the token was renewed five times");
        Assert.Equal(token, Token(sidecar));
        Assert.True((await LookUpAsync(vault, token)).Ttl > TimeSpan.Zero);
        Assert.Equal((409, PushRejection.AlreadyServed), await sidecar.PushAsync(await PushAsync(vault)));
        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitCodeAsync());
        Assert.True((await LookUpAsync(vault, token)).Ttl > TimeSpan.Zero);
        Assert.DoesNotContain(token, sidecar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_REVOKE_ON_SHUTDOWN_the_token_is_revoked_at_SIGTERM()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings());
        await using var sidecar = await StartAsync(vault, ("REVOKE_ON_SHUTDOWN", "true"));
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        var token = Token(sidecar);
        await Eventually.TrueAsync(() => sidecar.Output.Contains("the sidecar renews the token", StringComparison.Ordinal), "it has answered the push");
        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitCodeAsync());
        Assert.False(File.Exists(Path.Combine(sidecar.Folder, "vault-token")));
        Assert.Equal(VaultFailure.Permanent, (await Assert.ThrowsAsync<VaultException>(() => LookUpAsync(vault, token))).Failure);
    }

    [Fact]
    public async Task A_token_near_its_max_ttl_ends_the_sidecar_with_4_while_the_token_lives()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromSeconds(6), TokenMaxTtl = TimeSpan.FromSeconds(9) });
        await using var sidecar = await StartAsync(vault);
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        Assert.Equal(4, await sidecar.ExitCodeAsync());
        Assert.True((await LookUpAsync(vault, Token(sidecar))).Ttl > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_revoked_token_ends_the_sidecar_with_3()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings { Period = TimeSpan.FromSeconds(4) });
        await using var sidecar = await StartAsync(vault);
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        vault.Setup.RevokeToken(Token(sidecar));
        Assert.Equal(3, await sidecar.ExitCodeAsync());
        Assert.Contains("Vault denies its renewal and its look-up", sidecar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_is_1_with_a_reason_before_the_token_is_there_and_0_after_it()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings());
        await using var sidecar = await StartAsync(vault);
        var environment = new Dictionary<string, string> { ["CREDENTIALS_PATH"] = sidecar.Folder };
        await using (var before = await InitProcess.StartAsync(environment, listens: false, arguments: ["ready"]))
        {
            Assert.Equal(1, await before.ExitCodeAsync());
            await Eventually.TrueAsync(() => before.Output.Contains("no token yet", StringComparison.Ordinal), "it says why");
        }

        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        await using var after = await InitProcess.StartAsync(environment, listens: false, arguments: ["ready"]);
        Assert.Equal(0, await after.ExitCodeAsync());
    }

    private static async Task<SimulatedVault> StartVaultAsync(AppRoleSettings role)
    {
        var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), CancellationToken.None);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole(Role, role);
        return vault;
    }

    private static Task<InitProcess> StartAsync(SimulatedVault vault, params (string Name, string Value)[] more)
    {
        var environment = more.ToDictionary(pair => pair.Name, pair => pair.Value);
        environment["MODE"] = "sidecar";
        environment["VAULT_ROLE_ID"] = vault.Setup.ReadRoleId(Role);
        return InitProcess.StartAsync(environment);
    }

    private static async Task<SecretPush> PushAsync(SimulatedVault vault)
    {
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        var wrapped = await new VaultClient(http).IssueWrappedSecretIdAsync(
            vault.Setup.CreateControllerToken([Role]), Role, TimeSpan.FromMinutes(1), s_noMetadata, null, CancellationToken.None);
        return new SecretPush(wrapped.Token, wrapped.CreationTime, (long)wrapped.Ttl.TotalSeconds, vault.Address.ToString(), null);
    }

    private static string Token(InitProcess sidecar) => (string)JsonNode.Parse(sidecar.ReadFile("vault-token"))!["clientToken"]!;

    private static async Task<TokenLookup> LookUpAsync(SimulatedVault vault, string token)
    {
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        return await new VaultClient(http).LookupSelfAsync(token, CancellationToken.None);
    }
}
