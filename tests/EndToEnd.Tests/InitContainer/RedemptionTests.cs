using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Shared.Push;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

public sealed class RedemptionTests
{
    private const UnixFileMode Mode0444 = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    [Fact]
    public async Task A_good_push_becomes_a_token_file_and_no_secret_is_logged()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        AssertFile(init, "vault-token", $$"""
            {"clientToken":"{{ScriptedVault.Auth["client_token"]}}","accessor":"{{ScriptedVault.Auth["accessor"]}}",
             "leaseDuration":21600,"renewable":true,"vaultAddr":"{{vault.Address}}"}
            """);
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Equal(["vault-token"], Directory.EnumerateFileSystemEntries(init.Folder).Select(Path.GetFileName));
        Assert.Contains("DEBUG", init.Output, StringComparison.Ordinal);
        foreach (var secret in new[] { ScriptedVault.WrappingToken, ScriptedVault.SecretId, (string)ScriptedVault.Auth["client_token"]! })
            Assert.DoesNotContain(secret, init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_EXPECTED_VAULT_ADDR_a_push_that_names_another_Vault_is_rejected_and_that_Vault_is_not_asked()
    {
        await using var right = await ScriptedVault.StartAsync();
        await using var attackers = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["EXPECTED_VAULT_ADDR"] = right.Address + "/" });
        Assert.Equal((403, PushRejection.VaultNotExpected), await init.PushAsync(InitProcess.GoodPush(attackers)));
        Assert.Empty(attackers.Requests);
        Assert.Equal((403, PushRejection.VaultNotExpected), await init.PushAsync(InitProcess.GoodPush(attackers) with { VaultAddr = attackers.Address.Replace("://", "://user:hush@", StringComparison.Ordinal) }));
        Assert.DoesNotContain("hush", init.Output, StringComparison.Ordinal);
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(right)));
        Assert.Equal(0, await init.ExitCodeAsync());
    }

    [Fact]
    public async Task Another_Vault_than_the_expected_one_is_an_error_in_the_log_and_the_last_word_at_the_timeout()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync(
            new Dictionary<string, string> { ["EXPECTED_VAULT_ADDR"] = "https://vault.example.org:8200\n", ["LOG_LEVEL"] = "info", ["TIMEOUT"] = "15s" });
        for (var i = 0; i < 3; i++) Assert.Equal((403, PushRejection.VaultNotExpected), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(1, await init.ExitCodeAsync());
        var said = $"403 vault-not-expected: the push names the Vault {vault.Address}, and EXPECTED_VAULT_ADDR is https://vault.example.org:8200/";
        var lines = init.Output.Split('\n').Where(line => line.Contains(said, StringComparison.Ordinal)).ToList();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.Contains(" ERROR ", line, StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("the last push was rejected", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_RETRIEVE_TOKEN_the_secret_id_is_written()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["RETRIEVE_TOKEN"] = "False" });
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        AssertFile(init, "vault-secret-id", $$"""
            {"roleId":"{{ScriptedVault.RoleId}}","secretId":"{{ScriptedVault.SecretId}}","accessor":"{{ScriptedVault.SecretIdAccessor}}","vaultAddr":"{{vault.Address}}"}
            """);
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.DoesNotContain(ScriptedVault.SecretId, init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_UNWRAP_SECRET_the_wrapping_token_is_written_and_Vault_is_not_asked()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["RETRIEVE_TOKEN"] = "false", ["UNWRAP_SECRET"] = "false" });
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        AssertFile(init, "vault-wrapped-secret-id", $$"""
            {"roleId":"{{ScriptedVault.RoleId}}","wrappedSecretId":"{{ScriptedVault.WrappingToken}}","vaultAddr":"{{vault.Address}}","ttl":60}
            """);
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Empty(vault.Requests);
        Assert.DoesNotContain(ScriptedVault.WrappingToken, init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vault_over_https_is_verified_with_the_CAs_that_came()
    {
        await using var vault = await ScriptedVault.StartAsync(https: true);
        await using var stranger = await ScriptedVault.StartAsync(https: true);
        await using var init = await InitProcess.StartAsync();
        var wrong = Encoding.ASCII.GetBytes(stranger.Certificate!.ExportCertificatePem());
        var right = Encoding.ASCII.GetBytes(vault.Certificate!.ExportCertificatePem());
        Assert.Equal((503, PushRejection.VaultUnavailable), await init.PushAsync(InitProcess.GoodPush(vault, wrong)));
        Assert.Equal((503, PushRejection.VaultUnavailable), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Empty(vault.Requests);
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault, right)));
        Assert.Equal(right, await File.ReadAllBytesAsync(Path.Combine(init.Folder, "ca.crt")));
        Assert.Equal(Mode0444, File.GetUnixFileMode(Path.Combine(init.Folder, "ca.crt")));
        Assert.Equal(0, await init.ExitCodeAsync());
    }

    [Fact]
    public async Task Vault_over_https_is_verified_with_the_system_roots_when_no_CA_came()
    {
        await using var vault = await ScriptedVault.StartAsync(https: true);
        var bundle = Path.GetTempFileName();
        await File.WriteAllTextAsync(bundle, vault.Certificate!.ExportCertificatePem());
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["SSL_CERT_FILE"] = bundle });
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
        File.Delete(bundle);
    }

    [Fact]
    public async Task A_sealed_or_throttling_Vault_leaves_the_token_usable()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        vault.Script("sys/wrapping/lookup", "sealed-unwrap", "secret-id-rate-limited-2");
        vault.Script("sys/wrapping/unwrap", "sealed-unwrap");
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.Equal((503, PushRejection.VaultUnavailable), await init.PushAsync(InitProcess.GoodPush(vault)));
    }

    [Fact]
    public async Task A_Vault_that_comes_back_is_used()
    {
        var gone = await ScriptedVault.StartAsync();
        var push = InitProcess.GoodPush(gone);
        await gone.DisposeAsync();
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        Assert.Equal((503, PushRejection.VaultUnavailable), await init.PushAsync(push));
        vault.Script("sys/wrapping/lookup", "sealed-unwrap");
        Assert.Equal((503, PushRejection.VaultUnavailable), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
    }

    [Theory]
    [InlineData("auth/approle/role/sample-app/custom-secret-id")]
    [InlineData("secret/data/x")]
    [InlineData("auth/token/create")]
    [InlineData("auth/approle/../../role/r/secret-id")]
    public async Task A_token_that_wraps_something_else_is_not_unwrapped(string creationPath)
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        vault.CreationPath = creationPath;
        Assert.Equal((403, PushRejection.WrappingTokenForeign), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.DoesNotContain("PUT sys/wrapping/unwrap", vault.Requests);
    }

    [Fact]
    public async Task A_forged_or_used_token_is_told_apart_and_the_good_push_that_follows_is_served()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        vault.Script("sys/wrapping/lookup", "wrapping-lookup-bogus");
        Assert.Equal((409, PushRejection.WrappingTokenInvalid), await init.PushAsync(InitProcess.GoodPush(vault) with { Token = "s.forged" }));
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
    }

    [Fact]
    public async Task The_login_goes_to_the_mount_that_the_secret_id_came_from_and_is_tried_again()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        vault.CreationPath = "auth/team/a/approle/role/sample-app/secret-id";
        vault.Script("auth/team/a/approle/login", "sealed-unwrap", "secret-id-rate-limited-2");
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(3, vault.Requests.Count(request => request == "PUT auth/team/a/approle/login"));
        Assert.Equal(0, await init.ExitCodeAsync());
    }

    [Fact]
    public async Task A_refused_login_is_told()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["VAULT_ROLE_ID"] = "nope" });
        Assert.Equal((502, PushRejection.LoginRefused), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(init.Folder));
        Assert.DoesNotContain(ScriptedVault.SecretId, init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_does_not_get_through_is_told_apart_and_leaves_nothing()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        vault.Script("auth/approle/login", [.. Enumerable.Repeat("sealed-unwrap", 50)]);
        Assert.Equal((502, PushRejection.LoginFailed), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(init.Folder));
        Assert.DoesNotContain(ScriptedVault.SecretId, init.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_pushes_of_one_token_at_once_one_wins()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        async Task<int> PushAsync()
        {
            try
            {
                return (await init.PushAsync(InitProcess.GoodPush(vault))).Status;
            }
            catch (HttpRequestException)
            {
                return 0; // The process had ended.
            }
        }

        var statuses = await Task.WhenAll(PushAsync(), PushAsync(), PushAsync());
        Assert.Single(statuses, 200);
        Assert.All(statuses, status => Assert.Contains(status, new[] { 200, 409, 0 }));
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Single(vault.Requests, "PUT sys/wrapping/unwrap");
    }

    [Fact]
    public async Task Files_that_cannot_be_written_are_said_nothing_is_left_behind_and_it_waits_on()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        // A folder has the file's name, so the file cannot be written.
        var obstacle = Directory.CreateDirectory(Path.Combine(init.Folder, "vault-token"));
        File.WriteAllText(Path.Combine(obstacle.FullName, "full"), "");
        Assert.Equal((500, PushRejection.WriteFailed), await init.PushAsync(InitProcess.GoodPush(vault)));
        obstacle.Delete(recursive: true);
        Assert.Empty(Directory.EnumerateFileSystemEntries(init.Folder));
        // This init container has already used the wrapping token. The controller's next push carries another one.
        Assert.Equal((502, PushRejection.LoginFailed), await init.PushAsync(InitProcess.GoodPush(vault)));
    }

    private static void AssertFile(InitProcess init, string name, string json)
    {
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(init.ReadFile(name))), $"{name} differs");
        Assert.Equal(Mode0444, File.GetUnixFileMode(Path.Combine(init.Folder, name)));
    }
}
