using System.Net;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;
using static AkkaVault.EndToEnd.Tests.InitContainer.SidecarVault;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>Redelivery to the same run of a sidecar, as a process, with lives of seconds.</summary>
public sealed class SidecarDeliveryTests
{
    private static readonly AppRoleSettings s_batch = new() { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromSeconds(24), TokenType = "batch" };

    [Fact]
    public async Task A_batch_token_is_replaced_before_it_ends_and_not_earlier_than_asked_for()
    {
        await using var vault = await StartVaultAsync(s_batch);
        await using var sidecar = await StartAsync(vault);
        var (status, _, asked) = await sidecar.PushForNextAsync(await PushAsync(vault, Cas()));
        var begun = TimeProvider.System.GetTimestamp();
        Assert.Equal(200, status);
        Assert.InRange(asked!.Value, 8, 16);
        var (first, cas) = (Token(sidecar), sidecar.ReadFile("ca.crt"));
        var (again, reason, left) = await sidecar.PushForNextAsync(await PushAsync(vault));
        Assert.Equal((409, PushRejection.AlreadyServed), (again, reason));
        Assert.InRange(left!.Value, 1, asked.Value);
        Assert.Equal(first, Token(sidecar));

        long? next = null;
        await Eventually.TrueAsync(async () =>
        {
            (status, _, next) = await sidecar.PushForNextAsync(await PushAsync(vault, Cas()));
            return status == 200;
        }, "another push is taken");
        Assert.True(TimeProvider.System.GetElapsedTime(begun) >= TimeSpan.FromSeconds(asked.Value * 0.9) - TimeSpan.FromMilliseconds(500));
        Assert.InRange(next!.Value, 8, 16);
        Assert.NotEqual(first, Token(sidecar));
        Assert.NotEqual(cas, sidecar.ReadFile("ca.crt"));
        Assert.True((await LookUpAsync(vault, first)).Ttl > TimeSpan.Zero);
        Assert.True((await LookUpAsync(vault, Token(sidecar))).Ttl > TimeSpan.FromSeconds(12));
        Assert.Equal((409, PushRejection.AlreadyServed), await sidecar.PushAsync(await PushAsync(vault)));
        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitCodeAsync());
    }

    [Fact]
    public async Task A_token_with_a_max_ttl_is_renewed_until_another_one_is_delivered_which_is_renewed_and_at_the_end_revoked()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromSeconds(8), TokenMaxTtl = TimeSpan.FromSeconds(24) });
        await using var sidecar = await StartAsync(vault, ("REVOKE_ON_SHUTDOWN", "true"));
        var (status, _, asked) = await sidecar.PushForNextAsync(await PushAsync(vault));
        Assert.Equal(200, status);
        Assert.InRange(asked!.Value, 8, 16);
        var first = Token(sidecar);
        // To ask for the max TTL has not left a token that lives until it.
        Assert.InRange((await LookUpAsync(vault, first)).Ttl, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8));
        await Eventually.TrueAsync(async () => (await sidecar.PushAsync(await PushAsync(vault))).Status == 200, "another push is taken");
        Assert.Contains("Renewed the token for", sidecar.Output, StringComparison.Ordinal);
        Assert.NotEqual(first, Token(sidecar));
        var renewals = Renewals(sidecar);
        await Eventually.TrueAsync(() => Renewals(sidecar) > renewals + 1, "the other token is renewed");
        await sidecar.SaidAsync("Another token was delivered");
        Assert.True((await LookUpAsync(vault, Token(sidecar))).Ttl > TimeSpan.Zero);
        var second = Token(sidecar);
        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitCodeAsync());
        Assert.Equal(VaultFailure.Permanent, (await Assert.ThrowsAsync<VaultException>(() => LookUpAsync(vault, second))).Failure);
        Assert.DoesNotContain(first, sidecar.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(second, sidecar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delivery_that_fails_leaves_the_old_token_and_the_next_one_is_taken()
    {
        await using var vault = await StartVaultAsync(s_batch);
        await using var other = await StartVaultAsync(s_batch);
        await using var sidecar = await StartAsync(vault);
        Assert.Equal(200, (await sidecar.PushAsync(await PushAsync(vault))).Status);
        var (first, file) = (Token(sidecar), sidecar.ReadFile("vault-token"));
        var forged = (await PushAsync(vault)) with { Token = "s.forged" };
        await Eventually.TrueAsync(async () => await sidecar.PushAsync(forged) == (409, PushRejection.WrappingTokenInvalid), "a push is looked at");
        Assert.Equal((403, PushRejection.VaultNotExpected), await sidecar.PushAsync(await PushAsync(other)));
        await ChangeRoleAsync(vault, new { token_bound_cidrs = "192.0.2.1/32", secret_id_bound_cidrs = "192.0.2.1/32" });
        Assert.Equal((502, PushRejection.LoginRefused), await sidecar.PushAsync(await PushAsync(vault)));
        Assert.Equal(file, sidecar.ReadFile("vault-token"));
        await ChangeRoleAsync(vault, new { token_bound_cidrs = "", secret_id_bound_cidrs = "" });
        Assert.Equal(200, (await sidecar.PushAsync(await PushAsync(vault))).Status);
        Assert.NotEqual(first, Token(sidecar));
    }

    [Fact]
    public async Task A_token_with_a_number_of_uses_is_replaced_and_one_with_a_single_use_is_refused()
    {
        await using var vault = await StartVaultAsync(s_batch with { TokenType = "default" });
        await ChangeRoleAsync(vault, new { token_num_uses = 1 });
        await using var sidecar = await StartAsync(vault);
        Assert.Equal((502, PushRejection.LoginRefused), await sidecar.PushAsync(await PushAsync(vault)));
        await sidecar.SaidAsync("token_num_uses");
        await ChangeRoleAsync(vault, new { token_num_uses = 5 });
        var (status, _, asked) = await sidecar.PushForNextAsync(await PushAsync(vault));
        Assert.Equal(200, status);
        Assert.InRange(asked!.Value, 8, 16);
        await sidecar.SaidAsync("each renewal would be one of its 4 uses");
    }

    private static int Renewals(InitProcess sidecar) => sidecar.Output.Split("Renewed the token for").Length - 1;

    private static byte[] Cas()
    {
        using var certificate = SelfSigned.For(IPAddress.Loopback, TimeSpan.FromHours(1));
        return System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem());
    }
}
