using System.Net;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Certificates;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Vault over https, verified by the controller and by init containers.</summary>
public sealed class VaultTlsDeliveryTests : IDisposable
{
    private readonly TestCa _ca = new("Right CA");
    private readonly TestCa _other = new("Other CA");

    public void Dispose()
    {
        _ca.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task The_bundle_goes_to_the_pods_and_a_wrong_one_is_said_and_taken_up_again_when_its_file_is_mended()
    {
        await using var cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, new SandboxSetup
        {
            WaitUntilReady = false,
            Vault = new SimulatedVaultOptions { Certificate = _ca.Issue(IPAddress.Loopback, TimeSpan.FromHours(1)) },
            Prepare = c => File.WriteAllText(BundleOf(c), _other.Pem),
            VaultKeys = c => $"token: $VAULT_TOKEN\ntls: {{caCert: \"{BundleOf(c)}\"}}",
        });
        await Eventually.TrueAsync(() => cluster.Said("Vault presented the certificate with subject \"CN=vault\", issuer \"CN=Right CA\"") > 0, "what was presented is said");
        await Eventually.TrueAsync(async () => (await cluster.ReadinessAsync()).Status == HttpStatusCode.ServiceUnavailable, "readiness is false");

        await File.WriteAllTextAsync(BundleOf(cluster), _other.Pem + _ca.Pem);
        await cluster.Controller.ReadyAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        var pod = await cluster.RunPodAsync(cluster.Plan("secure"));
        await cluster.ServedAsync(pod);
        Assert.Equal(_other.Pem + _ca.Pem, await File.ReadAllTextAsync(Path.Combine(pod.CredentialsPath, "ca.crt")));
        cluster.NoSecretWasSaid();
    }

    [Fact]
    public async Task The_bundle_may_come_from_Vaults_own_PKI_and_its_fingerprint_is_said()
    {
        var root = "";
        await using var cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, new SandboxSetup
        {
            Vault = new SimulatedVaultOptions { Certificate = _other.Issue(IPAddress.Loopback, TimeSpan.FromHours(1)) },
            Prepare = c =>
            {
                root = c.Vault.Setup.EnablePki("root-ca", "intermediate-ca").ExportCertificatePem();
                c.Vault.Setup.CreatePkiRole("intermediate-ca", "vault");
                var served = c.Vault.Setup.IssueServerCertificate("intermediate-ca", "vault", ["vault"], [IPAddress.Loopback], TimeSpan.FromHours(1));
                c.Vault.UseCertificate(served.Certificate, served.Chain);
            },
            VaultKeys = _ => "token: $VAULT_TOKEN\ntls: {vaultCABackends: [root-ca]}",
        });
        var pod = await cluster.RunPodAsync(cluster.Plan("pinned"));
        await cluster.ServedAsync(pod);
        Assert.Equal(root, (await File.ReadAllTextAsync(Path.Combine(pod.CredentialsPath, "ca.crt"))).Trim());
        await cluster.SaidOnceAsync("were fetched over an unverified connection. Compare them with those of your PKI: \"CN=root-ca Root CA\" (SHA-256 ");
        cluster.NoSecretWasSaid();
    }

    private static string BundleOf(SandboxCluster cluster) => Path.Combine(cluster.Directory, "vault-ca.pem");
}
