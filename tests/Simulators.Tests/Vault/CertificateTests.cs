using System.Net;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>A Vault that serves certificates of its own PKI and changes them while it runs. Its root changes, too.</summary>
public sealed class CertificateTests
{
    [Fact]
    public async Task The_served_certificate_changes_while_connections_stand()
    {
        await using var issuer = await SimulatedVaultFixture.StartAsync();
        var root = EnablePki(issuer);
        var first = Issue(issuer, "first");
        await using var vault = await SimulatedVault.StartAsync(
            new SimulatedVaultOptions { Certificate = first.Certificate, CertificateChain = first.Chain }, CancellationToken.None);
        using var standing = VaultTransport.Create(vault.Address, [root]);
        Assert.Equal("CN=first", await ServedAsync(vault, [root]));
        Assert.Equal(HttpStatusCode.OK, (await standing.GetAsync("v1/sys/health")).StatusCode);

        var second = Issue(issuer, "second");
        vault.UseCertificate(second.Certificate, second.Chain);
        Assert.Equal("CN=second", await ServedAsync(vault, [root]));
        Assert.Equal(HttpStatusCode.OK, (await standing.GetAsync("v1/sys/health")).StatusCode);

        // Without the intermediate, a client that knows only the root cannot build the chain.
        vault.UseCertificate(second.Certificate);
        await Assert.ThrowsAsync<HttpRequestException>(() => ServedAsync(vault, [root]));
    }

    [Fact]
    public async Task A_certificate_that_ended_is_served_and_refused()
    {
        await using var issuer = await SimulatedVaultFixture.StartAsync();
        var root = EnablePki(issuer);
        issuer.Clock.SetBack(TimeSpan.FromHours(2));
        var over = issuer.Vault.Setup.IssueServerCertificate("int", "server", ["vault"], [IPAddress.Loopback], TimeSpan.FromHours(1));
        await using var vault = await SimulatedVault.StartAsync(
            new SimulatedVaultOptions { Certificate = over.Certificate, CertificateChain = over.Chain }, CancellationToken.None);
        await Assert.ThrowsAsync<HttpRequestException>(() => ServedAsync(vault, [root]));
    }

    [Fact]
    public async Task A_vault_without_a_certificate_takes_none_and_one_without_a_key_is_refused()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var root = EnablePki(fixture);
        var issued = Issue(fixture, "vault");
        Assert.Throws<InvalidOperationException>(() => fixture.Vault.UseCertificate(issued.Certificate));
        await Assert.ThrowsAsync<ArgumentException>(
            () => SimulatedVault.StartAsync(new SimulatedVaultOptions { Certificate = root }, CancellationToken.None));
    }

    [Fact]
    public async Task A_root_is_replaced_only_after_it_was_deleted_and_what_it_signed_is_of_the_old_one()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var old = EnablePki(fixture);
        var token = fixture.Vault.RootToken;
        var (status, body, _) = await fixture.SendAsync("POST", "root/root/generate/internal", token, new { common_name = "Other" });
        Assert.Equal(200, (int)status);
        Assert.Null(body!["data"]);
        Assert.Equal(
            "Refusing to generate a root certificate over an existing root certificate. If you really want to destroy the original root certificate, please issue a delete against root/root.",
            (string)body["warnings"]![0]!);
        var issued = Issue(fixture, "vault");
        Assert.True(Chains(issued, old));

        var renewed = fixture.Vault.Setup.RotateRoot("root");
        Assert.Equal(renewed.ExportCertificatePem(), (await fixture.Http.GetStringAsync("v1/root/ca/pem")).Trim());
        Assert.NotEqual(old.Thumbprint, renewed.Thumbprint);
        Assert.True(Chains(Issue(fixture, "vault"), old));
        fixture.Vault.Setup.SignIntermediate("root", "int");
        Assert.True(Chains(Issue(fixture, "vault"), renewed));
        Assert.False(Chains(Issue(fixture, "vault"), old));

        Assert.Equal(204, (int)(await fixture.SendAsync("DELETE", "root/root", token)).Status);
        Assert.Equal(204, (int)(await fixture.SendAsync("GET", "root/ca/pem")).Status);
        Assert.Equal(400, (int)(await fixture.SendAsync("POST", "root/root/sign-intermediate", token, new { csr = "x" })).Status);
    }

    [Fact]
    public async Task Deleting_a_root_takes_sudo()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        EnablePki(fixture);
        foreach (var (capabilities, expected) in new[] { ("\"delete\"", 403), ("\"delete\", \"sudo\"", 204) })
        {
            fixture.Vault.Setup.WritePolicy("pki", $$"""path "root/root" { capabilities = [{{capabilities}}] }""");
            var (_, created, _) = await fixture.SendAsync("POST", "auth/token/create", fixture.Vault.RootToken, new { policies = "pki" });
            Assert.Equal(expected, (int)(await fixture.SendAsync("DELETE", "root/root", (string)created!["auth"]!["client_token"]!)).Status);
        }
    }

    [Fact]
    public async Task The_chain_of_a_mount_and_every_certificate_it_issued_are_read_back()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var root = EnablePki(fixture);
        var issued = Issue(fixture, "vault");
        Assert.Equal(issued.Chain[0].ExportCertificatePem(), await fixture.Http.GetStringAsync("v1/int/ca_chain"));
        Assert.Equal(issued.Chain[0].ExportCertificatePem(), await fixture.Http.GetStringAsync("v1/int/ca/pem"));
        Assert.Equal(root.RawData, await fixture.Http.GetByteArrayAsync("v1/root/ca"));
        // A root has no chain: Vault 1.8 answers 204.
        Assert.Equal(204, (int)(await fixture.SendAsync("GET", "root/ca_chain")).Status);

        var serial = string.Join('-', issued.Certificate.SerialNumber.Chunk(2).Select(pair => new string(pair).ToLowerInvariant()));
        var (_, listed, _) = await fixture.SendAsync("LIST", "int/certs", fixture.Vault.RootToken);
        Assert.Contains(serial.Replace('-', ':'), listed!["data"]!["keys"]!.AsArray().Select(key => (string)key!));
        var (_, read, _) = await fixture.SendAsync("GET", $"int/cert/{serial}");
        Assert.Equal(issued.Certificate.ExportCertificatePem(), (string)read!["data"]!["certificate"]!);
        Assert.Equal(404, (int)(await fixture.SendAsync("GET", "int/cert/00-11")).Status);
    }

    private static X509Certificate2 EnablePki(SimulatedVaultFixture fixture)
    {
        var root = fixture.Vault.Setup.EnablePki("root", "int");
        fixture.Vault.Setup.CreatePkiRole("int", "server");
        return root;
    }

    private static ServedCertificate Issue(SimulatedVaultFixture fixture, string name) =>
        fixture.Vault.Setup.IssueServerCertificate("int", "server", [name, "localhost"], [IPAddress.Loopback], TimeSpan.FromHours(1));

    /// <summary>The subject of the certificate on a new connection.</summary>
    private static async Task<string> ServedAsync(SimulatedVault vault, X509Certificate2Collection roots)
    {
        string? subject = null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        using var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = policy,
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    subject = certificate?.Subject;
                    return errors == System.Net.Security.SslPolicyErrors.None;
                },
            },
        };
        using var http = new HttpClient(handler) { BaseAddress = vault.Address };
        await http.GetStringAsync("v1/sys/health");
        return subject!;
    }

    private static bool Chains(ServedCertificate issued, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.AddRange(issued.Chain);
        return chain.Build(issued.Certificate);
    }
}
