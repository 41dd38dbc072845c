using Akka.Actor;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Vault;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>A certificate from Vault's PKI, on a node whose clock differs from Vault's.</summary>
public sealed class PkiCertificateTests : IAsyncLifetime
{
    private static readonly TimeSpan Ttl = TimeSpan.FromHours(24);

    private readonly ActorSystem _system = ActorSystem.Create("certificates", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly Counts _counts = new();
    private readonly ServerCertificate _certificate = new();
    private SimulatedVaultFixture _vault = null!;
    private TestClock _clock = null!;
    private PkiCertificate _pki = null!;

    public async Task InitializeAsync()
    {
        _vault = await SimulatedVaultFixture.StartAsync();
        _vault.Vault.Setup.EnablePki("root", "int");
        _vault.Vault.Setup.CreatePkiRole("int", "server", Ttl);
        _vault.Vault.Setup.WritePolicy("pki", """path "int/issue/server" { capabilities = ["update"] }""");
        var (_, created, _) = await _vault.SendAsync("POST", "auth/token/create", _vault.Vault.RootToken, new { policies = "pki", period = "96h" });
        var settings = new VaultSettings(
            _vault.Vault.Address, "", new VaultLogin.Token((string)created!["auth"]!["client_token"]!), true, null, TimeSpan.FromMinutes(1), "approle", null, false, 4);
        _clock = new TestClock(_vault.Clock.GetUtcNow());
        var token = new ControllerToken();
        var source = new TokenSource(_vault.Client, settings, new VaultTrust(null, _clock), _clock);
        _system.ActorOf(TokenRenewalActor.Props(new TokenRenewalServices(source, token, _counts, _clock, new NoHost(), NullLogger<TokenRenewalActor>.Instance)));
        _pki = new PkiCertificate(
            "it", new CertificateSource.Pki("int", "server"), new CertificateNames("it", ["it"], ["127.0.0.1"]), _vault.Client, token, _certificate, _counts, _clock);
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        await _vault.DisposeAsync();
    }

    [Fact]
    public async Task One_that_is_over_when_it_comes_is_a_failure_and_the_good_one_stays()
    {
        var loaded = Assert.IsType<CertificateRenewalInput.Loaded>(await LoadAsync());
        Assert.InRange(loaded.NextLoad, _clock.GetUtcNow() + (Ttl * 0.4), _clock.GetUtcNow() + (Ttl * 0.5));
        var good = _certificate.Current.TargetCertificate.Thumbprint;

        _clock.Advance(Ttl + TimeSpan.FromMinutes(1));
        var first = Assert.IsType<CertificateRenewalInput.Failed>(await LoadAsync());
        _vault.Clock.Advance(TimeSpan.FromSeconds(10));
        var second = Assert.IsType<CertificateRenewalInput.Failed>(await LoadAsync());
        Assert.Contains("has already expired by this node's clock", first.Problem, StringComparison.Ordinal);
        // An equal problem is logged once. The next try comes after LeastInterval at the earliest.
        Assert.Equal(first, second);
        Assert.Equal(PkiCertificate.LeastInterval, first.RetryAfter);
        Assert.Equal(good, _certificate.Current.TargetCertificate.Thumbprint);
        Assert.Equal((3, 2), (_counts.Certificates, _counts.Failures));

        _vault.Clock.Advance(Ttl);
        Assert.IsType<CertificateRenewalInput.Loaded>(await LoadAsync());
        Assert.NotEqual(good, _certificate.Current.TargetCertificate.Thumbprint);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    public async Task One_with_seconds_left_is_served_and_another_asked_for_after_a_pause_all_the_same(int left)
    {
        _clock.Advance(Ttl - TimeSpan.FromSeconds(left));
        var loaded = Assert.IsType<CertificateRenewalInput.Loaded>(await LoadAsync());
        Assert.Equal(_clock.GetUtcNow() + PkiCertificate.LeastInterval, loaded.NextLoad);
        Assert.Equal("CN=it", _certificate.Current.TargetCertificate.Subject);
    }

    private Task<CertificateRenewalInput> LoadAsync() => _pki.LoadAsync(1, CancellationToken.None).EndsAsync();

    private sealed class Counts : ICertificateObserver, ITokenObserver
    {
        public int Certificates { get; private set; }

        public int Failures { get; private set; }

        public void CertificateRequested() => Certificates++;

        public void CertificateFailed() => Failures++;

        public void RenewalRequested()
        {
        }

        public void RenewalFailed()
        {
        }
    }

    private sealed class NoHost : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => throw new InvalidOperationException("the token was refused");
    }
}
