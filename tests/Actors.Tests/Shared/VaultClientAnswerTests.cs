using System.Net;
using System.Text;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>Answers that are JSON, but not the expected JSON. Any program may answer at an address.</summary>
public class VaultClientAnswerTests
{
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task Lives_that_no_clock_can_hold_are_none_that_ends_the_program(long seconds)
    {
        var lookup = await Client($$"""{"data":{"creation_path":"auth/approle/role/r/secret-id","creation_time":"2026-11-23T20:57:37Z","creation_ttl":{{seconds}} } }""").LookupWrappingTokenAsync("s.x", default);
        var auth = await Client($$"""{"auth":{"client_token":"s.x","accessor":"a","lease_duration":{{seconds}} } }""").LoginAsync("r", "s", default);
        var self = await Client($$"""{"data":{"accessor":"a","creation_ttl":{{seconds}},"ttl":{{seconds}} } }""").LookupSelfAsync("s.x", default);
        var role = await Client($$"""{"data":{"name":"r","period":{{seconds}},"token_explicit_max_ttl":{{seconds}} } }""").ReadTokenRoleAsync("s.x", "r", default);
        var wrap = await Client($$"""{"wrap_info":{"token":"s.x","accessor":"a","ttl":{{seconds}},"creation_time":"2026-11-23T20:57:37Z","creation_path":"p"} }""")
            .IssueWrappedSecretIdAsync("s.x", "r", TimeSpan.FromSeconds(60), new Dictionary<string, string>(), null, default);
        foreach (var life in (TimeSpan[])[lookup.CreationTtl, auth.LeaseDuration, self.CreationTtl, self.Ttl, role.Period, role.ExplicitMaxTtl, wrap.Ttl])
            Assert.InRange((DateTimeOffset.UtcNow + life).Year, 1900, 2200);
    }

    [Theory]
    [InlineData("""{"auth":{"client_token":"b.x","accessor":"","token_type":"batch"}}""", true)]
    [InlineData("""{"auth":{"client_token":"hvb.x"}}""", true)]
    [InlineData("""{"auth":{"client_token":"s.x","accessor":"a","token_type":"service"}}""", false)]
    [InlineData("""{"auth":{"client_token":"s.x","accessor":"a"}}""", false)]
    public async Task A_batch_token_says_so_or_has_no_accessor(string answer, bool batch) => Assert.Equal(batch, (await Client(answer).LoginAsync("r", "s", default)).IsBatch);

    [Theory]
    [InlineData("""{"auth":{"client_token":"","mfa_requirement":{"mfa_request_id":"5879c74a"}}}""", VaultFailure.Permanent, "Vault asks for a second factor (login MFA)")]
    [InlineData("""{"auth":{"client_token":"","mfa_requirement":null}}""", VaultFailure.Transient, "lacks auth.client_token; is this address really Vault's")]
    [InlineData("""{"auth":null}""", VaultFailure.Transient, "lacks auth.client_token; is this address really Vault's")]
    public async Task A_login_without_a_token_says_what_is_the_matter(string answer, VaultFailure failure, string words)
    {
        foreach (var login in (Func<VaultClient, Task<VaultAuth>>[])[vault => vault.LoginAsync("r", "s", default), vault => vault.LoginKubernetesAsync("kubernetes", "r", "jwt", default)])
        {
            var e = await Assert.ThrowsAsync<VaultException>(() => login(Client(answer)));
            Assert.Equal(failure, e.Failure);
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_accessor_that_is_gone_is_revoked_and_another_failure_is_one()
    {
        await Client("""{"errors":["1 error occurred:\n\t* invalid accessor\n\n"]}""", 400).RevokeAccessorAsync("s.x", "a", default);
        await Assert.ThrowsAsync<VaultException>(() => Client("""{"errors":["failed to look up token using accessor index: invalid accessor entry"]}""", 400).RevokeAccessorAsync("s.x", "a", default));
    }

    private static VaultClient Client(string answer, int status = 200) => new(new HttpClient(new Answering(answer, status)) { BaseAddress = new Uri("http://vault:8200/") });

    private sealed class Answering(string answer, int status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
            new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(answer, Encoding.UTF8, "application/json"), RequestMessage = request });
    }
}
