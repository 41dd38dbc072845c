using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Deliveries.Push;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries.Push;

/// <summary>Many pods at once that do not answer a push.</summary>
public sealed class PushFairnessTests
{
    private const int Hanging = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Pods_that_hang_again_and_again_keep_no_other_from_its_push()
    {
        using var stop = new CancellationTokenSource();
        using var pusher = new HttpsSecretPusher(new PushContent("http://vault", () => null, null), TimeProvider.System);
        // The kernel accepts the connection, and no program answers on it.
        var pods = Enumerable.Range(0, Hanging).Select(i => Listen($"127.202.0.{i + 1}")).ToList();
        using var good = Listen("127.202.1.1");
        try
        {
            var pushes = pods.Select(pod => PushAsync(pusher, AddressOf(pod), stalled: true, stop.Token)).ToList();
            using var deadline = new CancellationTokenSource(Deadline);
            while (pods.Count(pod => pod.Poll(0, SelectMode.SelectRead)) < 16)
            {
                deadline.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            var served = ServeAsync(good, deadline.Token);
            Assert.IsType<PushOutcome.Succeeded>(await PushAsync(pusher, AddressOf(good), stalled: false, deadline.Token).WaitAsync(Deadline));
            await served;
            Assert.DoesNotContain(pushes, push => push.IsCompleted);

            await stop.CancelAsync();
            foreach (var push in pushes) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push);
        }
        finally
        {
            foreach (var pod in pods) pod.Dispose();
        }
    }

    private static Socket Listen(string address)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse(address), SecretPush.Port));
        listener.Listen();
        return listener;
    }

    private static IPAddress AddressOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Address;

    private static Task<PushOutcome> PushAsync(HttpsSecretPusher pusher, IPAddress address, bool stalled, CancellationToken cancellation)
    {
        var target = new DeliveryTarget(new RunId($"uid-{address}", "c"), "default", "web", $"{address}", "web", "node", default);
        var token = new WrappingToken("s.token", "accessor", TimeSpan.FromMinutes(10), DateTimeOffset.UtcNow, "auth/approle/role/web/secret-id");
        return pusher.PushAsync(target, new IssuedToken(token, DateTimeOffset.UtcNow.AddMinutes(10)), stalled, cancellation);
    }

    /// <summary>Answers one push with 200.</summary>
    private static async Task ServeAsync(Socket listener, CancellationToken cancellation)
    {
        using var certificate = SelfSigned.For(AddressOf(listener), TimeSpan.FromHours(1));
        await using var stream = new SslStream(new NetworkStream(await listener.AcceptAsync(cancellation), ownsSocket: true));
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellation);
        var received = new byte[4096];
        for (var length = 0; length == 0 || received[length - 1] != '}';) length += await stream.ReadAtLeastAsync(received.AsMemory(length), 1, cancellationToken: cancellation);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellation);
    }
}
