using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>The Vault client of both programs against the simulated Vault: each of its methods, and each kind of failure.</summary>
public sealed class VaultClientTests
{
    [Fact]
    public async Task Issue_look_up_unwrap_log_in()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var wrap = await fixture.IssueAsync();
        Assert.Equal((TimeSpan.FromSeconds(60), SimulatedVaultFixture.SecretIdPath), (wrap.Ttl, wrap.CreationPath));
        Assert.Equal(fixture.Clock.GetUtcNow(), wrap.CreationTime);
        var lookup = await fixture.Client.LookupWrappingTokenAsync(wrap.Token, CancellationToken.None);
        Assert.Equal(new WrappingLookup(wrap.CreationPath, wrap.CreationTime, wrap.Ttl), lookup);
        var secret = await fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None);
        var auth = await fixture.Client.LoginAsync(fixture.RoleId, secret.Value, CancellationToken.None);
        Assert.Equal((TimeSpan.FromHours(6), true), (auth.LeaseDuration, auth.Renewable));
        Assert.Equal(["default", SimulatedVaultFixture.Role], auth.Policies);
        Assert.True(fixture.Vault.IsLiveToken(auth.ClientToken));
    }

    [Fact]
    public async Task The_controllers_token_is_looked_up_renewed_and_its_role_read()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Clock.Advance(TimeSpan.FromHours(4));
        var before = await fixture.Client.LookupSelfAsync(fixture.ControllerToken, CancellationToken.None);
        Assert.Equal((TimeSpan.FromHours(6), TimeSpan.FromHours(2), "kubernetes-vault", true), (before.CreationTtl, before.Ttl, before.Role, before.Renewable));
        Assert.Equal(TimeSpan.FromHours(6), (await fixture.Client.RenewSelfAsync(fixture.ControllerToken, CancellationToken.None)).LeaseDuration);
        Assert.Equal(TimeSpan.FromHours(6), (await fixture.Client.LookupSelfAsync(fixture.ControllerToken, CancellationToken.None)).Ttl);
        var role = await fixture.Client.ReadTokenRoleAsync(fixture.ControllerToken, "kubernetes-vault", CancellationToken.None);
        Assert.Equal(new TokenRole("kubernetes-vault", true, TimeSpan.FromHours(6), TimeSpan.Zero), role);
        fixture.Clock.Advance(TimeSpan.FromHours(6));
        var e = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.RenewSelfAsync(fixture.ControllerToken, CancellationToken.None));
        Assert.Equal(VaultFailure.Permanent, e.Failure);
    }

    [Fact]
    public async Task Revoking_an_accessor_twice_is_no_failure_and_revoking_without_the_right_is()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var wrap = await fixture.IssueAsync();
        await fixture.Client.RevokeAccessorAsync(fixture.ControllerToken, wrap.Accessor, CancellationToken.None);
        await fixture.Client.RevokeAccessorAsync(fixture.ControllerToken, wrap.Accessor, CancellationToken.None);
        fixture.Vault.Setup.WritePolicy("kubernetes-vault", """path "nothing" { capabilities = ["read"] }""");
        var e = await Assert.ThrowsAsync<VaultException>(
            () => fixture.Client.RevokeAccessorAsync(fixture.ControllerToken, wrap.Accessor, CancellationToken.None));
        Assert.Equal(VaultFailure.Permanent, e.Failure);
    }

    [Fact]
    public async Task A_denied_role_is_permanent_a_quota_throttles_and_a_seal_is_told_apart()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var denied = await FailureAsync(() => fixture.Client.IssueWrappedSecretIdAsync(
            fixture.ControllerToken, "other", TimeSpan.FromSeconds(60), SimulatedVaultFixture.NoMetadata, null, CancellationToken.None));
        Assert.Equal(VaultFailure.Permanent, denied.Failure);

        await fixture.SendAsync("POST", "sys/quotas/config", fixture.Vault.RootToken, new { enable_rate_limit_response_headers = true });
        await fixture.SendAsync("POST", "sys/quotas/rate-limit/lab", fixture.Vault.RootToken, new { path = "auth/approle/", rate = 1 });
        await fixture.IssueAsync();
        var throttled = await FailureAsync(() => fixture.IssueAsync());
        Assert.Equal((VaultFailure.Throttled, TimeSpan.FromSeconds(1)), (throttled.Failure, throttled.RetryAfter));
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await fixture.IssueAsync();
        await fixture.SendAsync("DELETE", "sys/quotas/rate-limit/lab", fixture.Vault.RootToken);
        await fixture.IssueAsync();

        fixture.Vault.Seal();
        Assert.Equal(VaultFailure.Sealed, (await FailureAsync(() => fixture.IssueAsync())).Failure);
        Assert.Equal(503, (int)(await fixture.SendAsync("GET", "sys/health")).Status);
        Assert.Equal(400, (int)(await fixture.SendAsync("PUT", "sys/unseal", null, new { key = "wrong" })).Status);
        Assert.Equal(200, (int)(await fixture.SendAsync("PUT", "sys/unseal", null, new { key = fixture.Vault.UnsealKey })).Status);
        await fixture.IssueAsync();
    }

    [Fact]
    public async Task Injected_faults_and_a_vault_that_is_away_are_transient_and_lose_nothing_known()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Fault = request => request.Path == SimulatedVaultFixture.SecretIdPath
            ? VaultFault.Answer(500, "internal error") with { RetryAfter = TimeSpan.FromSeconds(7) }
            : null;
        var injected = await FailureAsync(() => fixture.IssueAsync());
        Assert.Equal((VaultFailure.Transient, TimeSpan.FromSeconds(7)), (injected.Failure, injected.RetryAfter));
        Assert.Empty(fixture.Vault.WrappingTokens);

        fixture.Vault.Fault = _ => VaultFault.DropRequest;
        Assert.Equal((VaultFailure.Transient, null), await KindAsync(() => fixture.IssueAsync()));
        Assert.Empty(fixture.Vault.WrappingTokens);

        fixture.Vault.Fault = request => request.TokenAccessor is null ? null : VaultFault.DropAnswer;
        Assert.Equal((VaultFailure.Transient, null), await KindAsync(() => fixture.IssueAsync()));
        Assert.Equal(WrappingState.Issued, Assert.Single(fixture.Vault.WrappingTokens).State);
        fixture.Vault.Fault = null;

        var wrap = await fixture.IssueAsync();
        var address = fixture.Vault.Address;
        await fixture.Vault.StopListeningAsync();
        Assert.Equal((VaultFailure.Transient, null), await KindAsync(() => fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None)));
        await fixture.Vault.ResumeListeningAsync(CancellationToken.None);
        Assert.Equal(address, fixture.Vault.Address);
        Assert.NotNull(await fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None));
    }

    [Fact]
    public async Task The_audit_list_names_requests_and_accessors_and_no_secret()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var wrap = await fixture.IssueAsync();
        await fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None);
        var issued = Assert.Single(fixture.Vault.Audit, entry => entry.Path == SimulatedVaultFixture.SecretIdPath);
        var own = await fixture.Client.LookupSelfAsync(fixture.ControllerToken, CancellationToken.None);
        Assert.Equal(("PUT", 200, own.Accessor), (issued.Method, issued.Status, issued.TokenAccessor));
        Assert.Contains(fixture.Vault.Audit, entry => entry.Path == "sys/wrapping/unwrap" && entry.TokenAccessor == wrap.Accessor);
        var told = string.Join('\n', fixture.Vault.Audit.Select(entry => entry.ToString()).Concat(fixture.Vault.WrappingTokens.Select(token => token.ToString())));
        Assert.DoesNotContain(fixture.Vault.EverySecret, secret => told.Contains(secret, StringComparison.Ordinal));
    }

    private static Task<VaultException> FailureAsync(Func<Task> call) => Assert.ThrowsAsync<VaultException>(call);

    private static async Task<(VaultFailure, System.Net.HttpStatusCode?)> KindAsync(Func<Task> call)
    {
        var e = await FailureAsync(call);
        return (e.Failure, e.Status);
    }
}
