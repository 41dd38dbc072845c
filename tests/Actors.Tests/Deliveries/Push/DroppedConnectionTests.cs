using System.Net;
using System.Net.Sockets;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Deliveries.Push;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries.Push;

public sealed class DroppedConnectionTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_connection_that_nobody_answers_is_told_from_an_init_container_that_is_slow()
    {
        // This listener accepts no connection. The kernel drops those that do not fit into its queue.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse("127.201.7.7"), SecretPush.Port));
        listener.Listen(0);
        var waiting = new List<Socket>();
        try
        {
            for (var full = false; !full;)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                waiting.Add(socket);
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
                try
                {
                    await socket.ConnectAsync(listener.LocalEndPoint!, patience.Token);
                }
                catch (OperationCanceledException)
                {
                    full = true;
                }
            }

            using var pusher = new HttpsSecretPusher(new PushContent("http://vault", () => null, null), TimeProvider.System);
            var target = new DeliveryTarget(new RunId("uid", "c"), "default", "web-0", "127.201.7.7", "web", "node", default);
            var token = new WrappingToken("s.token", "accessor", TimeSpan.FromMinutes(1), DateTimeOffset.UtcNow, "auth/approle/role/web/secret-id");
            var outcome = await pusher.PushAsync(target, new IssuedToken(token, DateTimeOffset.UtcNow.AddMinutes(1)), false, CancellationToken.None).WaitAsync(Deadline);
            Assert.StartsWith("no answer to the connection within", Assert.IsType<PushOutcome.NoAnswer>(outcome).Detail, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var socket in waiting) socket.Dispose();
        }
    }
}
