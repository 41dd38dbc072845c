using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Deliveries.Push;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries.Push;

/// <summary>The outcome of a push to a port where another program listens, or none.</summary>
public sealed class PushCodeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly WrappingToken Token = new("s.token", "accessor", TimeSpan.FromMinutes(1), DateTimeOffset.UtcNow, "auth/approle/role/web/secret-id");

    [Fact]
    public async Task Nobody_listens() =>
        Assert.Equal(ProblemCode.NotListening, Assert.IsType<PushOutcome.NotListening>(await PushAsync("127.201.8.1")).Code);

    [Fact]
    public async Task There_is_no_way_to_the_pod() =>
        Assert.Equal(ProblemCode.NoAnswer, Assert.IsType<PushOutcome.NotListening>(await PushAsync("255.255.255.255")).Code);

    [Fact]
    public async Task A_proxy_that_does_not_speak_TLS()
    {
        var outcome = Assert.IsType<PushOutcome.NoAnswer>(await AnsweredAsync("127.201.8.2", async stream =>
        {
            await stream.ReadAtLeastAsync(new byte[1], 1);
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        }));
        Assert.Equal(ProblemCode.NotTls, outcome.Code);
        Assert.DoesNotContain("see inner exception", Shown(outcome), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_init_containers_words_come_with_its_reason()
    {
        var address = IPAddress.Parse("127.201.8.3");
        using var certificate = SelfSigned.For(address, TimeSpan.FromHours(1));
        var outcome = await AnsweredAsync("127.201.8.3", async stream =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(certificate);
            await tls.ReadAtLeastAsync(new byte[1], 1);
            const string Body = """{"reason":"invalid-push","detail":"not s.token, but this"}""";
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 400 Bad Request\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"));
        });
        Assert.Equal(new PushOutcome.Rejected(400, PushRejection.InvalidPush, "not ***, but this"), outcome);
        Assert.Equal("the init container answered 400 (invalid-push: not ***, but this)", DeliveryProblem.Of((PushOutcome.Rejected)outcome).Text);
    }

    private static string Shown(PushOutcome.NoAnswer outcome) => DeliveryProblem.Of(outcome).Text;

    private static async Task<PushOutcome> AnsweredAsync(string ip, Func<NetworkStream, Task> answer)
    {
        using var listener = new TcpListener(IPAddress.Parse(ip), SecretPush.Port);
        listener.Start();
        var answering = AnswerAsync();
        var outcome = await PushAsync(ip);
        await answering.WaitAsync(Deadline);
        return outcome;

        async Task AnswerAsync()
        {
            using var client = await listener.AcceptTcpClientAsync();
            try
            {
                await answer(client.GetStream());
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The pusher has closed the connection, as expected.
            }
        }
    }

    private static async Task<PushOutcome> PushAsync(string ip)
    {
        using var pusher = new HttpsSecretPusher(new PushContent("http://vault", () => null, null), TimeProvider.System);
        var target = new DeliveryTarget(new RunId("uid", "c"), "default", "web-0", ip, "web", "node", default);
        return await pusher.PushAsync(target, new IssuedToken(Token, DateTimeOffset.UtcNow.AddMinutes(1)), false, CancellationToken.None).WaitAsync(Deadline);
    }
}
