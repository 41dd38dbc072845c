using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>A wrapping token returns its answer once, within its lifetime, to one caller.</summary>
public sealed class WrappingTests
{
    [Fact]
    public async Task A_wrapping_token_works_once_and_its_state_is_told()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var wrap = await fixture.IssueAsync(metadata: new Dictionary<string, string> { ["pod"] = "default/a" });
        Assert.True(fixture.Vault.IsLiveToken(wrap.Token));
        Assert.Equal(WrappingState.Issued, Assert.Single(fixture.Vault.WrappingTokens).State);
        var secret = await fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None);
        var again = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None));
        Assert.Equal(["wrapping token is not valid or does not exist"], again.Errors);
        var told = Assert.Single(fixture.Vault.WrappingTokens);
        Assert.Equal((WrappingState.Unwrapped, wrap.Accessor, SimulatedVaultFixture.Role, "default/a"), (told.State, told.Accessor, told.Role, told.Metadata["pod"]));
        Assert.False(fixture.Vault.IsLiveAccessor(wrap.Accessor));
        Assert.Contains(secret.Value, fixture.Vault.EverySecret);
        Assert.Contains(wrap.Token, fixture.Vault.EverySecret);
    }

    [Fact]
    public async Task Of_a_hundred_unwraps_at_once_exactly_one_wins()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var wrap = await fixture.IssueAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            try
            {
                return (await fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None)).Value;
            }
            catch (VaultException e) when (e.Failure == VaultFailure.Permanent)
            {
                return null;
            }
        }));
        var won = Assert.Single(outcomes, outcome => outcome is not null);
        Assert.NotNull(await fixture.Client.LoginAsync(fixture.RoleId, won!, CancellationToken.None));
    }

    [Fact]
    public async Task An_expired_wrapping_token_is_refused()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var wrap = await fixture.IssueAsync(seconds: 10);
        fixture.Clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(SimulatedVaultFixture.SecretIdPath, (await fixture.Client.LookupWrappingTokenAsync(wrap.Token, CancellationToken.None)).CreationPath);
        fixture.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await Assert.ThrowsAsync<VaultException>(() => fixture.Client.LookupWrappingTokenAsync(wrap.Token, CancellationToken.None));
        await Assert.ThrowsAsync<VaultException>(() => fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None));
        Assert.Equal(WrappingState.Expired, Assert.Single(fixture.Vault.WrappingTokens).State);
    }

    [Fact]
    public async Task A_wrapping_token_revoked_by_its_accessor_is_dead()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var wrap = await fixture.IssueAsync();
        await fixture.Client.RevokeAccessorAsync(fixture.ControllerToken, wrap.Accessor, CancellationToken.None);
        Assert.False(fixture.Vault.IsLiveAccessor(wrap.Accessor));
        await Assert.ThrowsAsync<VaultException>(() => fixture.Client.UnwrapSecretIdAsync(wrap.Token, CancellationToken.None));
        Assert.Equal(WrappingState.Revoked, Assert.Single(fixture.Vault.WrappingTokens).State);
    }

    [Fact]
    public async Task A_wrapping_token_used_for_anything_else_is_used_up()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var wrap = await fixture.IssueAsync();
        Assert.Equal(403, (int)(await fixture.SendAsync("GET", "auth/token/lookup-self", wrap.Token)).Status);
        Assert.False(fixture.Vault.IsLiveToken(wrap.Token));
        Assert.Equal(WrappingState.Revoked, Assert.Single(fixture.Vault.WrappingTokens).State);
    }
}
