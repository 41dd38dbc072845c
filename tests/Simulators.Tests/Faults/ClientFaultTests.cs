using System.Net;
using System.Net.Sockets;
using AkkaVault.Shared.Vault;
using AkkaVault.Simulators.Tests.Vault;
using AkkaVault.Tests.TestKit.Faults;

namespace AkkaVault.Simulators.Tests.Faults;

/// <summary>How the Vault client of both programs reports each fault: the class and the message.</summary>
public sealed class ClientFaultTests
{
    private static readonly IReadOnlyDictionary<string, string> s_pod = new Dictionary<string, string> { ["pod"] = "web" };

    [Theory]
    [InlineData(Fault.Reset, VaultFailure.Transient, "cannot reach Vault at")]
    [InlineData(Fault.ResetInBody, VaultFailure.Transient, "cannot reach Vault at")]
    [InlineData(Fault.NeverEnds, VaultFailure.Transient, "did not answer within 10s")]
    [InlineData(Fault.Status500, VaultFailure.Transient, "500: a fault of the test")]
    [InlineData(Fault.Status502, VaultFailure.Transient, "502: a fault of the test")]
    [InlineData(Fault.Status503, VaultFailure.Transient, "503: a fault of the test")]
    [InlineData(Fault.Status403, VaultFailure.Permanent, "403: a fault of the test")]
    [InlineData(Fault.Status404, VaultFailure.Permanent, "404: a fault of the test")]
    [InlineData(Fault.Status429, VaultFailure.Throttled, "429: rate limit quota exceeded")]
    [InlineData(Fault.Sealed, VaultFailure.Sealed, "503: error performing token check: Vault is sealed")]
    [InlineData(Fault.TruncatedJson, VaultFailure.Transient, "the answer is not the JSON that Vault sends")]
    [InlineData(Fault.WebPage, VaultFailure.Transient, "the answer is not the JSON that Vault sends")]
    [InlineData(Fault.Empty, VaultFailure.Transient, "Vault's answer lacks wrap_info.token")]
    [InlineData(Fault.TooLarge, VaultFailure.Transient, "the answer is larger than 4194304 bytes")]
    [InlineData(Fault.RedirectTwice, VaultFailure.Transient, "redirected a second time")]
    public async Task It_is_told_apart_and_said_without_a_secret(Fault fault, VaultFailure failure, string words)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        await using var faulty = new FaultyVault(fixture.Vault.Address);
        faulty.Break("web", "secret-id", fault);
        var e = await Assert.ThrowsAsync<VaultException>(() => IssueAsync(fixture, faulty.Address));
        Assert.Equal(failure, e.Failure);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("PUT auth/approle/role/sample-app/secret-id: ", e.Message, StringComparison.Ordinal);
        if (fault == Fault.Status429) Assert.Equal(TimeSpan.FromSeconds(1), e.RetryAfter);
        Assert.DoesNotContain(fixture.Vault.EverySecret.Append("s.abc"), secret => e.ToString().Contains(secret, StringComparison.Ordinal));
        Assert.NotNull(await IssueAsync(fixture, faulty.Address));
    }

    [Theory]
    [InlineData(Fault.Redirect)]
    [InlineData(Fault.WrongContentType)]
    public async Task It_does_no_harm(Fault fault)
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        await using var faulty = new FaultyVault(fixture.Vault.Address);
        faulty.Break("web", "secret-id", fault);
        Assert.Equal(SimulatedVaultFixture.SecretIdPath, (await IssueAsync(fixture, faulty.Address)).CreationPath);
        Assert.Single(faulty.Shown);
    }

    [Fact]
    public async Task A_refused_connection_is_transient()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://{listener.LocalEndpoint}/");
        listener.Stop();
        var e = await Assert.ThrowsAsync<VaultException>(() => IssueAsync(fixture, address));
        Assert.Equal((VaultFailure.Transient, null), (e.Failure, e.Status));
        Assert.Contains("Connection refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_cannot_be_sent_is_not_quoted()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var e = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.LookupSelfAsync("hvs.one\ntwo", default));
        Assert.Contains("the request cannot be sent", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.one", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_expires_in_the_middle_is_denied()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Clock.Advance(TimeSpan.FromHours(7));
        var e = await Assert.ThrowsAsync<VaultException>(() => IssueAsync(fixture, fixture.Vault.Address));
        Assert.Equal((VaultFailure.Permanent, HttpStatusCode.Forbidden), (e.Failure, e.Status));
    }

    private static async Task<WrappingToken> IssueAsync(SimulatedVaultFixture fixture, Uri address)
    {
        using var http = VaultTransport.Create(address, new SystemTrust());
        return await new VaultClient(http).IssueWrappedSecretIdAsync(fixture.ControllerToken, SimulatedVaultFixture.Role, TimeSpan.FromMinutes(1), s_pod, null, default);
    }
}
