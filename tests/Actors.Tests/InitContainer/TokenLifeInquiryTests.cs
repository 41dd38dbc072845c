using System.Text.Json.Nodes;
using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>How a sidecar finds out how long its token can live, of a simulated Vault.</summary>
public sealed class TokenLifeInquiryTests : IAsyncLifetime
{
    private static readonly AppRoleSettings s_maxTtl = new() { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromMinutes(10), TokenMaxTtl = TimeSpan.FromHours(1) };

    private readonly StringWriter _written = new();
    private SimulatedVault _vault = null!;
    private HttpClient _http = null!;
    private VaultClient _client = null!;
    private int _renewals;

    public async Task InitializeAsync()
    {
        _vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), CancellationToken.None);
        _vault.Setup.EnableAppRole();
        _http = VaultTransport.Create(_vault.Address, new SystemTrust());
        _client = new VaultClient(_http);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _vault.DisposeAsync();
        await _written.DisposeAsync();
    }

    [Fact]
    public async Task Of_a_periodic_token_no_end_is_known_and_the_look_up_is_enough()
    {
        var (life, _, _) = await AskAsync(new AppRoleSettings());
        Assert.Equal(TokenLife.NoEndKnown, life);
        Assert.Equal(0, _renewals);
    }

    [Fact]
    public async Task A_periodic_token_with_an_explicit_max_ttl_ends_at_that()
    {
        var (life, asked, _) = await AskAsync(new AppRoleSettings(), new JsonObject { ["token_explicit_max_ttl"] = "12h" });
        Assert.Equal(new TokenLife(asked + TimeSpan.FromHours(12), null), life);
        Assert.Equal(0, _renewals);
    }

    [Fact]
    public async Task A_renewable_token_ends_at_its_max_ttl_and_its_lease_is_set_back()
    {
        var (life, asked, auth) = await AskAsync(s_maxTtl);
        Near(asked + TimeSpan.FromHours(1), life.Ends);
        Assert.Null(life.WhyNotRenewable);
        Assert.Equal(2, _renewals);
        Assert.True((await _client.LookupSelfAsync(auth.ClientToken, CancellationToken.None)).Ttl <= TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Where_the_ttl_is_the_max_ttl_there_is_nothing_to_set_back()
    {
        var (life, asked, _) = await AskAsync(s_maxTtl with { TokenTtl = TimeSpan.FromHours(1) });
        Near(asked + TimeSpan.FromHours(1), life.Ends);
        Assert.Equal(1, _renewals);
    }

    [Fact]
    public async Task A_batch_token_ends_with_its_ttl_without_a_question()
    {
        var (life, asked, _) = await AskAsync(s_maxTtl with { TokenType = "batch" });
        Assert.Equal(new TokenLife(asked + TimeSpan.FromMinutes(10), "it is a batch token"), life);
    }

    [Fact]
    public async Task A_token_whose_policies_do_not_allow_the_renewal_ends_with_its_ttl()
    {
        var (life, asked, _) = await AskAsync(s_maxTtl, fault: _ => VaultFault.Answer(403, "permission denied"));
        Assert.Equal(asked + TimeSpan.FromMinutes(10), life.Ends);
        Assert.Contains("auth/token/renew-self", life.WhyNotRenewable, StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_Vault_fails_no_end_is_known()
    {
        Assert.Equal(TokenLife.NoEndKnown, (await AskAsync(s_maxTtl, fault: _ => VaultFault.Answer(500, "internal error"))).Life);
        Assert.Contains("It is not known how long the token can live", _written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_Vault_does_not_answer_the_push_is_held_up_for_seconds_only()
    {
        var begun = MonotonicClock.Now;
        Assert.Equal(TokenLife.NoEndKnown, (await AskAsync(s_maxTtl, fault: _ => VaultFault.Slow(TimeSpan.FromMinutes(1)))).Life);
        Assert.True(MonotonicClock.Now - begun < TimeSpan.FromSeconds(8));
        Assert.Contains("did not answer within 3 s", _written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_the_lease_is_not_set_back_the_log_says_so_and_the_end_is_known()
    {
        var (life, asked, auth) = await AskAsync(s_maxTtl, fault: renewal => renewal == 2 ? VaultFault.Answer(500, "internal error") : null);
        Near(asked + TimeSpan.FromHours(1), life.Ends);
        Assert.Contains("is set back by the next renewal", _written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(auth.ClientToken, _written.ToString(), StringComparison.Ordinal);
    }

    private async Task<(TokenLife Life, TimeSpan Asked, VaultAuth Auth)> AskAsync(AppRoleSettings role, JsonObject? change = null, Func<int, VaultFault?>? fault = null)
    {
        _vault.Setup.CreateAppRole("web", role);
        if (change is not null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/auth/approle/role/web") { Content = new StringContent(change.ToJsonString()), Headers = { { "X-Vault-Token", _vault.RootToken } } };
            using var response = await _http.SendAsync(request);
            response.EnsureSuccessStatusCode();
        }

        _vault.Fault = request =>
        {
            if (!request.Path.EndsWith("renew-self", StringComparison.Ordinal)) return null;
            _renewals++;
            return fault?.Invoke(_renewals);
        };
        var asked = MonotonicClock.Now;
        var auth = await _client.LoginAsync(_vault.Setup.ReadRoleId("web"), _vault.Setup.IssueSecretId("web"), CancellationToken.None);
        return (await new TokenLifeInquiry(_client, new Log(LogLevel.Debug, _written, _written)).AskAsync(auth, asked), asked, auth);
    }

    // Vault counts whole seconds.
    private static void Near(TimeSpan expected, TimeSpan? actual) => Assert.Equal(expected.TotalSeconds, actual!.Value.TotalSeconds, 2.0);
}
