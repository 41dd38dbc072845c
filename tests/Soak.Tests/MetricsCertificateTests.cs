using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Certificates;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.Soak.Tests;

/// <summary>The metrics port with a certificate from Vault's PKI, and scrapers with certificates of the same PKI.</summary>
public sealed class MetricsCertificateTests
{
    [Fact]
    public async Task Vault_issues_it_its_chain_is_served_and_it_is_replaced_at_half_of_its_life_without_dropping_connections()
    {
        X509Certificate2Collection roots = [];
        await using var cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, new SandboxSetup
        {
            WaitUntilReady = false,
            Prepare = c =>
            {
                roots = [c.Vault.Setup.EnablePki("root-ca", "intermediate-ca")];
                c.Vault.Setup.CreatePkiRole("intermediate-ca", "kubernetes-vault", TimeSpan.FromSeconds(60));
                c.Vault.Setup.CreatePkiRole("intermediate-ca", "scraper");
            },
            More = _ => """
                prometheus:
                  tls:
                    vaultCertBackend: intermediate-ca
                    vaultCertRole: kubernetes-vault
                    vaultCABackends: [root-ca]
                """,
        });
        await Eventually.TrueAsync(() => cluster.Said("The certificate of the metrics port: issued by intermediate-ca") > 0, "a certificate was issued");
        await Eventually.TrueAsync(() => cluster.Said("The CA bundle for scrapers: fetched from root-ca") > 0, "the CAs for scrapers were fetched");

        using var scraper = IssueClientCertificate(cluster.Vault);
        var seen = new List<X509Certificate2>();
        using var kept = Client(cluster, roots, scraper, seen);
        Assert.Contains("kubernetesvault_", await kept.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
        var first = Assert.Single(seen);
        Assert.Equal("CN=kubernetes-vault", first.Subject);
        var names = first.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Contains("kubernetes-vault", names.EnumerateDnsNames());
        Assert.Contains(Dns.GetHostName(), names.EnumerateDnsNames());
        Assert.Equal([IPAddress.Loopback], names.EnumerateIPAddresses());

        await Eventually.TrueAsync(() => cluster.Said("The certificate of the metrics port: issued by intermediate-ca") > 1, "it is replaced");
        // The old connection goes on. A new connection gets the new certificate.
        await kept.GetStringAsync(new Uri("metrics", UriKind.Relative));
        Assert.Single(seen);
        using var later = Client(cluster, roots, scraper, seen);
        await later.GetStringAsync(new Uri("metrics", UriKind.Relative));
        Assert.NotEqual(first.SerialNumber, seen[^1].SerialNumber);
        Assert.True(await MetricAsync(later, "kubernetesvault_vault_certificate_renewal_requests_total") >= 2);

        using var without = Client(cluster, roots, null, seen);
        using var refused = await without.GetAsync(new Uri("metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("ok", await without.GetStringAsync(new Uri("healthz/live", UriKind.Relative)));
        cluster.NoSecretWasSaid();
    }

    private static X509Certificate2 IssueClientCertificate(SimulatedVault vault)
    {
        var issued = vault.Write("intermediate-ca/issue/scraper", new JsonObject { ["common_name"] = "prometheus" })!["data"]!;
        return X509Certificate2.CreateFromPem((string)issued["certificate"]!, (string)issued["private_key"]!);
    }

    private static HttpClient Client(SandboxCluster cluster, X509Certificate2Collection roots, X509Certificate2? own, List<X509Certificate2> seen)
    {
        var options = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, presented, chain, errors) =>
            {
                var certificate = (X509Certificate2)presented!;
                seen.Add(X509CertificateLoader.LoadCertificate(certificate.RawData));
                return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                    && TrustAnchors.WhyNotTrusted(certificate, chain!.ChainPolicy.ExtraStore, roots, TrustAnchors.ServerAuthentication) is null;
            },
        };
        if (own is not null)
        {
            // The scraper sends its issuer along, because the controller knows only the root.
            var intermediate = TrustAnchors.Parse((string)cluster.Vault.Write("intermediate-ca/issue/scraper", new JsonObject { ["common_name"] = "x" })!["data"]!["issuing_ca"]!);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own, intermediate, offline: true);
        }

        return new HttpClient(new SocketsHttpHandler { SslOptions = options }) { BaseAddress = new Uri($"https://{cluster.Controller.Address.Authority}/") };
    }

    private static async Task<double> MetricAsync(HttpClient http, string name) =>
        double.Parse((await http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
}
