using AkkaVault.Shared.Push;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>Answers of Vault that look like other answers.</summary>
public sealed class VaultAnswerTests
{
    [Theory]
    [InlineData("sys/wrapping/lookup")]
    [InlineData("sys/wrapping/unwrap")]
    public async Task Only_one_answer_of_Vault_means_that_the_token_was_used(string path)
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        (int, string)[] answers =
        [
            ScriptedVault.Errors(403, "2 errors occurred:\n\t* error validating wrapping token: context deadline exceeded\n\t* permission denied\n\n"),
            ScriptedVault.Errors(400, "error validating wrapping token: Vault is in standby mode"),
            ScriptedVault.Errors(403, "error validating wrapping token: Vault is sealed"),
            ScriptedVault.Errors(403, "permission denied"),
        ];
        vault.Answer(path, answers);
        foreach (var _ in answers) Assert.Equal((503, PushRejection.VaultUnavailable), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
    }

    [Fact]
    public async Task Vault_that_asks_for_a_second_factor_is_said_at_once_and_what_to_do()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        // https://developer.hashicorp.com/vault/docs/auth/login-mfa
        vault.Answer("auth/approle/login", (200, """
            {"auth":{"client_token":"","accessor":"","policies":null,"token_policies":null,"metadata":null,"lease_duration":0,"renewable":false,"entity_id":"","token_type":"default","orphan":false,
             "mfa_requirement":{"mfa_request_id":"5879c74a-1418-1948-7be9-97b209d693a7","mfa_constraints":{"enforcement":{"any":[{"type":"totp","id":"d16fd3c2-50de-0b9b-eed3-0301dadeca10","uses_passcode":true}]}}}}}
            """));
        Assert.Equal((502, PushRejection.LoginRefused), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Single(vault.Requests, request => request.EndsWith("/login", StringComparison.Ordinal));
        await init.SaidAsync("asks for a second factor (login MFA)");
    }

    [Fact]
    public async Task A_batch_token_that_cannot_be_written_is_not_revoked()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        Directory.CreateDirectory(Path.Combine(init.Folder, "vault-token", "full"));
        vault.Script("auth/approle/login", "login-batch");
        Assert.Equal((500, PushRejection.WriteFailed), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.DoesNotContain(vault.Requests, request => request.Contains("revoke", StringComparison.Ordinal));
        await init.SaidAsync("is a batch token, which cannot be revoked: it lives for 30 s");
    }
}
