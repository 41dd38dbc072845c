using System.Net;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit.Certificates;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>Which certificates of Vault are trusted, and the messages about those that are not.</summary>
public sealed class VaultTlsTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly TestCa _ca = new("Right CA");
    private readonly TestCa _other = new("Other CA");

    public void Dispose()
    {
        _ca.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_the_bundle_for_the_address_is_trusted() =>
        Assert.Null(await ProblemAsync(_ca.Issue(IPAddress.Loopback, Hour), [_other.Certificate, _ca.Certificate]));

    [Fact]
    public async Task The_certificate_itself_may_be_the_bundle()
    {
        var leaf = _ca.Issue(IPAddress.Loopback, Hour);
        Assert.Null(await ProblemAsync(leaf, [X509CertificateLoader.LoadCertificate(leaf.RawData)]));
    }

    [Fact]
    public async Task An_unknown_CA_is_said_with_what_was_presented()
    {
        var problem = await ProblemAsync(_ca.Issue(IPAddress.Loopback, Hour), [_other.Certificate]);
        Assert.Contains("subject \"CN=vault\", issuer \"CN=Right CA\"", problem, StringComparison.Ordinal);
        Assert.Contains("it does not chain to any of the 1 configured CA certificates", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_systems_roots_do_not_know_it()
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions { Certificate = _ca.Issue(IPAddress.Loopback, Hour) }, default);
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        var e = await Assert.ThrowsAsync<VaultException>(() => new VaultClient(http).LookupSelfAsync(vault.RootToken, default));
        Assert.Contains("issuer \"CN=Right CA\"", e.Message, StringComparison.Ordinal);
        Assert.Contains("it does not chain to a root certificate of the system", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_said_to_be() =>
        Assert.Contains("expired", await ProblemAsync(_ca.Issue(IPAddress.Loopback, TimeSpan.FromMinutes(-1)), [_ca.Certificate]), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public async Task A_certificate_for_another_host_is_said_to_be() =>
        Assert.Contains("it is not for the host name in Vault's address", await ProblemAsync(_ca.Issue(IPAddress.Parse("127.0.0.2"), Hour), [_ca.Certificate]), StringComparison.Ordinal);

    private static async Task<string?> ProblemAsync(X509Certificate2 served, X509Certificate2Collection bundle)
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions { Certificate = served }, default);
        using var http = VaultTransport.Create(vault.Address, bundle);
        try
        {
            await new VaultClient(http).LookupSelfAsync(vault.RootToken, default);
            return null;
        }
        catch (VaultException e)
        {
            Assert.Equal(VaultFailure.Transient, e.Failure);
            Assert.DoesNotContain(vault.RootToken, e.ToString(), StringComparison.Ordinal);
            return e.Message;
        }
    }
}
