using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;
using static AkkaVault.EndToEnd.Tests.InitContainer.SidecarVault;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>The sidecar as a process, with the simulated Vault and lives of seconds.</summary>
public sealed class SidecarTests
{
    [Fact]
    public async Task A_periodic_token_outlives_its_ttl_and_SIGTERM_ends_the_sidecar_with_0()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings { Period = TimeSpan.FromSeconds(12) });
        await using var sidecar = await StartAsync(vault);
        Assert.Equal((200, null, null), await sidecar.PushForNextAsync(await PushAsync(vault)));
        var token = Token(sidecar);
        // Each comes after 40 % of the period at the earliest.
        await Eventually.TrueAsync(() => sidecar.Output.Split("Renewed the token for").Length > 3, "the token was renewed three times");
        Assert.Equal(token, Token(sidecar));
        Assert.True((await LookUpAsync(vault, token)).Ttl > TimeSpan.Zero);
        Assert.Equal((409, PushRejection.AlreadyServed, null), await sidecar.PushForNextAsync(await PushAsync(vault)));
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
    public async Task Where_no_other_secret_comes_as_of_the_originals_controllers_the_sidecar_ends_with_4_while_the_token_lives()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromSeconds(12), TokenMaxTtl = TimeSpan.FromSeconds(18) });
        await using var sidecar = await StartAsync(vault);
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        Assert.Equal(4, await sidecar.ExitCodeAsync());
        Assert.Contains("No other secret was delivered in time", sidecar.Output, StringComparison.Ordinal);
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
}
