using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AkkaVault.Actors.Tests.Kubernetes.Access;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Deliveries.Push;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit.Certificates;

namespace AkkaVault.Actors.Tests.Deliveries.Push;

/// <summary>This process connects to no address that a peer's certificate names.</summary>
public sealed class CertificateDownloadTests
{
    private static readonly IPAddress Address = IPAddress.Parse("127.201.7.8");
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_a_pods_certificate_names_is_not_fetched()
    {
        using var issuer = new NamedIssuer(Address);
        using var listener = new TcpListener(Address, SecretPush.Port);
        listener.Start();
        var answering = AnswerOnceAsync(listener, issuer.Certificate);
        using var pusher = new HttpsSecretPusher(new PushContent("http://vault", () => null, null), TimeProvider.System);
        var target = new DeliveryTarget(new RunId("uid", "c"), "default", "web-0", Address.ToString(), "web", "node", default);
        var token = new WrappingToken("s.token", "accessor", TimeSpan.FromMinutes(1), DateTimeOffset.UtcNow, "auth/approle/role/web/secret-id");
        var outcome = await pusher.PushAsync(target, new IssuedToken(token, DateTimeOffset.UtcNow.AddMinutes(1)), false, CancellationToken.None).WaitAsync(Deadline);
        await answering.WaitAsync(Deadline);
        Assert.IsType<PushOutcome.Succeeded>(outcome);
        Assert.False(await issuer.WasAskedAsync(), "the controller went where the certificate says");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task What_the_API_servers_certificate_names_is_not_fetched(bool skipVerification, bool ownRoots)
    {
        using var issuer = new NamedIssuer(Address);
        using var listener = new TcpListener(Address, 0);
        listener.Start();
        var answering = AnswerOnceAsync(listener, issuer.Certificate);
        using var kubeconfig = new KubeconfigFolder();
        var cas = Convert.ToBase64String(Encoding.UTF8.GetBytes(issuer.Certificate.ExportCertificatePem()));
        using var api = kubeconfig.ConnectTo(
            $"server: \"https://{listener.LocalEndpoint}\", insecure-skip-tls-verify: {(skipVerification ? "true" : "false")}{(ownRoots ? $", certificate-authority-data: {cas}" : "")}");
        var asking = api.GetAsync("api/v1/pods", CancellationToken.None);
        if (skipVerification)
        {
            using var answer = await asking.WaitAsync(Deadline);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        else
        {
            var e = await Assert.ThrowsAsync<HttpRequestException>(() => asking.WaitAsync(Deadline));
            Assert.Equal(HttpRequestError.SecureConnectionError, e.HttpRequestError);
        }

        await answering.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Deadline);
        Assert.False(await issuer.WasAskedAsync(), "the controller went where the certificate says");
    }

    private static async Task AnswerOnceAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var socket = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) });
        using var reader = new StreamReader(tls);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
    }
}
