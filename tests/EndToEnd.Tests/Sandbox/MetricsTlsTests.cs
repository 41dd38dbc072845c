using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Certificates;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Certificates;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>The metrics port with certificates from files: its own certificate and those of scrapers.</summary>
public sealed class MetricsTlsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-metrics-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_scraper_needs_a_certificate_of_the_configured_CA()
    {
        using var own = Write("server", SelfSigned.For(IPAddress.Loopback, TimeSpan.FromHours(1)));
        using var scraper = Write("scraper", ClientCertificate("scraper"));
        using var stranger = Write("stranger", ClientCertificate("stranger"));
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        await using var api = await SimulatedApiServer.StartAsync();
        api.WriteKubeconfig(Path.Combine(_directory, "kubeconfig"));
        await using var controller = ControllerProcess.Start(
            _directory, vault.Address, vault.Setup.CreateControllerToken(["web"]), Path.Combine(_directory, "kubeconfig"), more: $$"""
            prometheus:
              tls:
                certFile: "{{_directory}}/server.crt"
                certKey: "{{_directory}}/server.key"
                caCert: "{{_directory}}/scraper.crt"
            """);
        await Eventually.TrueAsync(() => controller.Process.Output.Any(line => line.Contains("Watching pods", StringComparison.Ordinal)), "it runs");

        using var known = Client(controller, own, scraper);
        Assert.Contains("kubernetesvault_raft_nodes_total", await known.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
        using var strange = Client(controller, own, stranger);
        await Assert.ThrowsAsync<HttpRequestException>(() => strange.GetAsync(new Uri("metrics", UriKind.Relative)));
        // The kubelet has no certificate. It may ask only for health.
        using var without = Client(controller, own, null);
        using var refused = await without.GetAsync(new Uri("metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("ok", await without.GetStringAsync(new Uri("healthz/live", UriKind.Relative)));
    }

    private static X509Certificate2 ClientCertificate(string name)
    {
        var subject = CertificateSubject.New(name);
        return subject.WithKeyBy(subject, new CertificateOptions { Authority = false, Purposes = [TrustAnchors.ClientAuthentication] });
    }

    private X509Certificate2 Write(string name, X509Certificate2 certificate)
    {
        File.WriteAllText(Path.Combine(_directory, name + ".crt"), certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(_directory, name + ".key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    // The client accepts only the configured certificate.
    private static HttpClient Client(ControllerProcess controller, X509Certificate2 server, X509Certificate2? own) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == server.GetCertHashString(),
            ClientCertificates = own is null ? null : [own],
        },
    })
    { BaseAddress = new Uri($"https://{controller.Address.Authority}/") };
}
