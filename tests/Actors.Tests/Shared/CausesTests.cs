using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Deliveries.Push;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>A message says what went wrong, and not only that there is an inner exception.</summary>
public class CausesTests
{
    private const string NoTls = "the TLS handshake failed: what answers there does not speak TLS; is it an http port?";

    public static TheoryData<Exception, string> Chains => new()
    {
        { new HttpRequestException(HttpRequestError.SecureConnectionError, "The SSL connection could not be established, see inner exception.", new AuthenticationException("Vault presented no certificate")), "the TLS handshake failed: Vault presented no certificate" },
        { new HttpRequestException(HttpRequestError.SecureConnectionError, "x", new AuthenticationException("Authentication failed, see inner exception.", new IOException("error:0A00010B:SSL routines::wrong version number"))), NoTls },
        { new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused (vault:8200)", new SocketException((int)SocketError.ConnectionRefused)), "Connection refused (vault:8200)" },
        { new HttpRequestException("An error occurred while sending the request.", new IOException("Unable to read data from the transport connection: Connection reset by peer.", new SocketException((int)SocketError.ConnectionReset))), "Unable to read data from the transport connection: Connection reset by peer" },
        // When a name server does not answer, .NET gives the same message as for a lack of memory or threads.
        { new HttpRequestException(HttpRequestError.ConnectionError, "Resource temporarily unavailable (vault:8200)", new SocketException((int)SocketError.TryAgain)), "the name cannot be resolved now: DNS does not answer, or fails (vault:8200)" },
        { new SocketException((int)SocketError.TryAgain), "the name cannot be resolved now: DNS does not answer, or fails" },
        { new AggregateException(new IOException("one\r\n two.")), "one two" },
        { new IOException("at http://u:hush@proxy", new IOException("and https://u:hush@vault")), "at http://***@proxy: and https://***@vault" },
        { new HttpRequestException("An error occurred while sending the request."), "HttpRequestException" },
        { new IOException(""), "IOException" },
    };

    [Theory]
    [MemberData(nameof(Chains))]
    public void Each_cause_says_what_it_adds(Exception e, string words) => Assert.Equal(words, Causes.Of(e));

    [Fact]
    public void What_is_no_JSON_is_said_without_words_of_the_parser() =>
        Assert.Equal("the answer is not the JSON that is expected there (line 1)", Causes.Of(Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<int>("<html>"))));

    [Fact]
    public async Task An_https_address_of_an_http_port_is_said_of_Vault()
    {
        await using var http = new RawServer(RawServer.Http("400 Bad Request"));
        using var client = VaultTransport.Create(new Uri($"https://127.0.0.1:{http.Port}"), new SystemTrust());
        var e = await Assert.ThrowsAsync<VaultException>(() => new VaultClient(client).ReadSealStatusAsync(CancellationToken.None));
        Assert.Equal($"GET sys/seal-status: cannot reach Vault at https://127.0.0.1:{http.Port}/: {NoTls}", e.Message);
    }

    [Fact]
    public async Task And_of_the_API_server()
    {
        await using var http = new RawServer(RawServer.Http("400 Bad Request"));
        using var api = ApiServer.For(new Uri($"https://127.0.0.1:{http.Port}"));
        Assert.Equal(NoTls, Causes.Of(await Assert.ThrowsAsync<HttpRequestException>(() => api.GetAsync("version", CancellationToken.None))));
    }

    [Fact]
    public async Task And_of_a_pod()
    {
        // The port is fixed, so the test uses its own address.
        var listener = new TcpListener(System.Net.IPAddress.Parse("127.77.3.1"), AkkaVault.Shared.Push.SecretPush.Port);
        listener.Start();
        var answering = AnswerAsync(listener);
        using var pusher = new HttpsSecretPusher(new PushContent("https://vault:8200", () => null, null), TimeProvider.System);
        var target = new DeliveryTarget(new RunId("u", "c"), "default", "web", "127.77.3.1", "role", "node", DateTimeOffset.UtcNow);
        var outcome = await pusher.PushAsync(
            target, new IssuedToken(new WrappingToken("s.t", "a", TimeSpan.FromMinutes(1), DateTimeOffset.UtcNow, "p"), DateTimeOffset.UtcNow.AddMinutes(1)), false, CancellationToken.None);
        listener.Stop();
        await answering;
        Assert.Equal(NoTls, Assert.IsType<PushOutcome.NoAnswer>(outcome).Detail);
    }

    [Fact]
    public async Task An_http_address_of_a_TLS_port_is_said()
    {
        // A TLS server answers plain HTTP with the alert "unexpected message".
        await using var tls = new RawServer(_ => [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0a]);
        using var client = VaultTransport.Create(new Uri($"http://127.0.0.1:{tls.Port}"), new SystemTrust());
        var e = await Assert.ThrowsAsync<VaultException>(() => new VaultClient(client).ReadSealStatusAsync(CancellationToken.None));
        Assert.Contains("what answers there does not speak HTTP; is it an https port?", e.Message, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await client.GetStream().ReadExactlyAsync(new byte[16]);
        await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
    }
}
