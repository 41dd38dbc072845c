using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>The certificates are real: they form chains, have their names, and work for TLS.</summary>
public sealed class PkiTests
{
    [Fact]
    public async Task An_issued_certificate_chains_to_the_root_and_serves_HTTPS()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var root = fixture.Vault.RootToken;
        await fixture.SendAsync("POST", "sys/mounts/root-ca", root, new { type = "pki", config = new { max_lease_ttl = "87600h" } });
        await fixture.SendAsync("POST", "sys/mounts/intermediate-ca", root, new { type = "pki", config = new { max_lease_ttl = "43800h" } });
        var rootCa = Data(await fixture.SendAsync("POST", "root-ca/root/generate/internal", root, new { common_name = "Root CA", ttl = "87600h" }));
        var csr = Data(await fixture.SendAsync("POST", "intermediate-ca/intermediate/generate/internal", root, new { common_name = "Intermediate CA" }));
        var signed = Data(await fixture.SendAsync("POST", "root-ca/root/sign-intermediate", root, new { csr = (string)csr["csr"]!, use_csr_values = true, ttl = "43800h" }));
        await fixture.SendAsync("POST", "intermediate-ca/intermediate/set-signed", root, new { certificate = (string)signed["certificate"]! });
        await fixture.SendAsync("POST", "intermediate-ca/roles/kubernetes-vault", root, new { allow_any_name = true, max_ttl = "24h" });
        var issued = Data(await fixture.SendAsync(
            "PUT", "intermediate-ca/issue/kubernetes-vault", fixture.ControllerToken, new { common_name = "kubernetes-vault", ip_sans = "127.0.0.1,127.0.0.11" }));

        using var leaf = X509Certificate2.CreateFromPem((string)issued["certificate"]!, (string)issued["private_key"]!);
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["kubernetes-vault"], names.EnumerateDnsNames());
        Assert.Equal(["127.0.0.1", "127.0.0.11"], names.EnumerateIPAddresses().Select(address => address.ToString()));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem((string)rootCa["certificate"]!));
        chain.ChainPolicy.ExtraStore.Add(X509Certificate2.CreateFromPem((string)issued["ca_chain"]![0]!));
        Assert.True(chain.Build(leaf), string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation)));
        Assert.Equal(3, chain.ChainElements.Count);
        Assert.Contains((string)issued["private_key"]!, fixture.Vault.EverySecret);

        await using var secure = await SimulatedVault.StartAsync(new SimulatedVaultOptions { Certificate = leaf }, CancellationToken.None);
        using var trusting = VaultTransport.Create(secure.Address, [X509Certificate2.CreateFromPem((string)signed["certificate"]!), .. chain.ChainPolicy.CustomTrustStore]);
        Assert.Equal("https", secure.Address.Scheme);
        Assert.Equal(["root"], (await new VaultClient(trusting).LookupSelfAsync(secure.RootToken, CancellationToken.None)).Policies);
        using var distrusting = VaultTransport.Create(secure.Address, []);
        var e = await Assert.ThrowsAsync<VaultException>(() => new VaultClient(distrusting).LookupSelfAsync(secure.RootToken, CancellationToken.None));
        Assert.Equal(VaultFailure.Transient, e.Failure);
    }

    [Fact]
    public async Task A_name_that_the_role_does_not_allow_is_refused()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var root = fixture.Vault.RootToken;
        await fixture.SendAsync("POST", "sys/mounts/pki", root, new { type = "pki" });
        await fixture.SendAsync("POST", "pki/root/generate/internal", root, new { common_name = "Root CA", key_type = "ec" });
        await fixture.SendAsync("POST", "pki/roles/web", root, new { allowed_domains = "example.org", allow_subdomains = true, max_ttl = "1h", key_type = "ec" });
        var (denied, why, _) = await fixture.SendAsync("PUT", "pki/issue/web", root, new { common_name = "www.example.com" });
        Assert.Equal((400, "common name www.example.com not allowed by this role"), ((int)denied, (string)why!["errors"]![0]!));
        var (taken, body, _) = await fixture.SendAsync("PUT", "pki/issue/web", root, new { common_name = "www.example.org", ttl = "2h" });
        Assert.Equal(200, (int)taken);
        Assert.Equal("TTL \"2h0m0s\" is longer than permitted maxTTL \"1h0m0s\", so maxTTL is being used", (string)body!["warnings"]![0]!);
    }

    private static JsonObject Data((System.Net.HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response) answer)
    {
        Assert.True((int)answer.Status == 200, answer.Body?.ToJsonString());
        return (JsonObject)answer.Body!["data"]!;
    }
}
