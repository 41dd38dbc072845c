using System.Net;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Vault;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>The bundle that verifies Vault, from Vault's own PKI, against a simulated Vault over https.</summary>
public sealed class VaultCaBundleTests : IAsyncLifetime
{
    private const string Root = "root-ca";
    private const string Intermediate = "intermediate-ca";
    private readonly CaBundle _bundle = new();
    private readonly TestClock _clock = new(DateTimeOffset.UtcNow);
    private SimulatedVault _vault = null!;
    private HttpClient _http = null!;
    private VaultCaBundle _kept = null!;
    private int _operation;

    public async Task InitializeAsync()
    {
        // https needs a certificate from the start. Vault's own PKI then issues the served one.
        _vault = await SimulatedVault.StartAsync(
            new SimulatedVaultOptions { Certificate = AkkaVault.Shared.Certificates.SelfSigned.For(IPAddress.Loopback, TimeSpan.FromHours(1)) }, default);
        _vault.Setup.EnablePki(Root, Intermediate);
        _vault.Setup.CreatePkiRole(Intermediate, "vault");
        Serve(IssueServed());
        var trust = new VaultTrust(_bundle, _clock);
        _http = VaultTransport.Create(_vault.Address, trust);
        // Each request has its own connection, like requests at long intervals.
        _http.DefaultRequestHeaders.ConnectionClose = true;
        _kept = new VaultCaBundle(
            [Root], new VaultClient(_http), () => VaultTransport.Create(_vault.Address, new VaultCaBundle.AnyTrust()), trust, _bundle,
            TimeProvider.System, NullLogger<VaultCaBundle>.Instance);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _vault.DisposeAsync();
    }

    [Fact]
    public async Task The_first_fetch_is_pinned_and_verifies_from_then_on()
    {
        var before = await Assert.ThrowsAsync<VaultException>(LookupAsync);
        Assert.Contains("the CA certificates for Vault were not loaded yet", before.Message, StringComparison.Ordinal);
        Assert.IsType<CertificateRenewalInput.Loaded>(await LoadAsync());
        Assert.Equal("CN=root-ca Root CA", Assert.Single(_bundle.Current!.Certificates).Subject);
        Assert.Equal(["root"], (await LookupAsync()).Policies);
        Assert.False(Assert.IsType<CertificateRenewalInput.Loaded>(await LoadAsync()).Changed);
    }

    [Fact]
    public async Task A_rotated_root_is_taken_over_and_the_old_one_goes_when_Vault_has_not_served_a_certificate_of_it_for_an_hour()
    {
        await LoadAsync();
        var old = _bundle.Current!.Certificates[0];
        var oldServed = IssueServed();
        var rotated = _vault.Setup.RotateRoot(Root);
        Assert.True(Assert.IsType<CertificateRenewalInput.Loaded>(await LoadAsync()).Changed);
        Assert.Equal([rotated.Thumbprint, old.Thumbprint], _bundle.Current!.Certificates.Select(certificate => certificate.Thumbprint));

        _vault.Setup.SignIntermediate(Root, Intermediate);
        Serve(IssueServed());
        Assert.Equal(["root"], (await LookupAsync()).Policies);
        await LoadAsync();
        Assert.Equal(2, _bundle.Current!.Certificates.Count);
        // Other nodes of Vault may still serve the old certificate. The old root is dropped an hour after it was last seen.
        _clock.Advance(VaultTrust.Remembered + TimeSpan.FromMinutes(1));
        await LoadAsync();
        Assert.Equal(rotated.Thumbprint, Assert.Single(_bundle.Current!.Certificates).Thumbprint);

        // The holder of the old root's key is not trusted any more, and cannot bring the old bundle back.
        Serve(oldServed);
        Assert.Contains("it does not chain to any", (await Assert.ThrowsAsync<VaultException>(LookupAsync)).Message, StringComparison.Ordinal);
        Assert.IsType<CertificateRenewalInput.Failed>(await LoadAsync());
        Assert.Equal(rotated.Thumbprint, Assert.Single(_bundle.Current!.Certificates).Thumbprint);
    }

    [Fact]
    public async Task A_mount_that_is_not_there_is_said_in_Vaults_words()
    {
        var missing = new PkiCaBundle("x", ["no-ca"], new VaultClient(VaultTransport.Create(_vault.Address, new VaultCaBundle.AnyTrust())), new CaBundle(), TimeProvider.System);
        Assert.Equal("GET no-ca/ca/pem: 400: missing client token", Assert.IsType<CertificateRenewalInput.Failed>(await missing.LoadAsync(1, default)).Problem);
    }

    private Task<CertificateRenewalInput> LoadAsync() => _kept.LoadAsync(++_operation, default);

    private Task<TokenLookup> LookupAsync() => new VaultClient(_http).LookupSelfAsync(_vault.RootToken, default);

    private ServedCertificate IssueServed() => _vault.Setup.IssueServerCertificate(Intermediate, "vault", ["vault"], [IPAddress.Loopback], TimeSpan.FromHours(1));

    private void Serve(ServedCertificate served) => _vault.UseCertificate(served.Certificate, served.Chain);
}
