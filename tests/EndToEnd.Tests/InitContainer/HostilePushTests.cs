using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using AkkaVault.Shared.Push;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

public sealed class HostilePushTests
{
    [Fact]
    public async Task Bad_input_gets_a_clear_status_and_the_good_push_that_follows_is_served()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        var good = InitProcess.GoodPush(vault);

        Assert.Equal((400, PushRejection.UndecodablePush), await init.PushAsync([]));
        Assert.Equal((400, PushRejection.UndecodablePush), await init.PushAsync(good.Encode()[..^5]));
        Assert.Equal((400, PushRejection.UndecodablePush), await init.PushAsync("[1]"u8.ToArray()));
        Assert.Equal((400, PushRejection.UndecodablePush), await init.PushAsync("null"u8.ToArray()));
        Assert.Equal((400, PushRejection.InvalidPush), await init.PushAsync("{}"u8.ToArray()));
        Assert.Equal((400, PushRejection.InvalidPush), await init.PushAsync(good with { VaultAddr = "file:///etc/passwd" }));
        Assert.Equal((400, PushRejection.InvalidPush), await init.PushAsync(good with { VaultCAs = "no certificate"u8.ToArray() }));
        Assert.Equal((400, PushRejection.InvalidPush), await init.PushAsync(good with { VaultAddr = vault.Address + "\n" }));
        await init.SaidAsync($"vaultAddr is \"{vault.Address}\\n\", expected");
        Assert.Equal((400, PushRejection.ExpiredToken), await init.PushAsync(good with { CreationTime = DateTimeOffset.UtcNow.AddMinutes(-5) }));
        Assert.Equal((413, PushRejection.BodyTooLarge), await init.PushAsync(new byte[SecretPush.MaxBodyBytes + 1]));
        using (var chunked = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(new byte[SecretPush.MaxBodyBytes * 2]) })
        {
            chunked.Headers.TransferEncodingChunked = true;
            using var answer = await init.Http.SendAsync(chunked);
            Assert.Equal((413, PushRejection.BodyTooLarge), await InitProcess.ReadAsync(answer));
        }

        using (var elsewhere = await init.Http.PostAsync("/v1/x", new ByteArrayContent(good.Encode())))
            Assert.Equal((404, PushRejection.NotFound), await InitProcess.ReadAsync(elsewhere));
        using (var get = await init.Http.GetAsync("/"))
        {
            Assert.Equal((405, PushRejection.MethodNotAllowed), await InitProcess.ReadAsync(get));
            Assert.Equal(["POST"], get.Content.Headers.Allow);
        }

        using var plain = new HttpClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => plain.GetAsync($"http://{init.Address}:{SecretPush.Port}/"));
        Assert.Empty(vault.Requests);
        Assert.Equal((200, null), await init.PushAsync(good));
        Assert.Equal(0, await init.ExitCodeAsync());
    }

    [Fact]
    public async Task A_slow_sender_is_told_so()
    {
        await using var init = await InitProcess.StartAsync();
        var watch = Stopwatch.StartNew();
        await using var slow = await OpenAsync(init, contentLength: 100);
        var answer = await new StreamReader(slow).ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("HTTP/1.1 408 Request Timeout", answer);
        Assert.InRange(watch.Elapsed.TotalSeconds, 8, 60);
    }

    [Fact]
    public async Task Slow_and_vanished_senders_do_not_hold_up_a_good_push_nor_the_exit()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        await using var slow = await OpenAsync(init, contentLength: 100);
        await (await OpenAsync(init, contentLength: 100)).DisposeAsync();
        using var silent = new TcpClient();
        await silent.ConnectAsync(init.Address, SecretPush.Port);
        var watch = Stopwatch.StartNew();
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 8);
    }

    private static async Task<SslStream> OpenAsync(InitProcess init, int contentLength)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(init.Address, SecretPush.Port));
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("pod");
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: pod\r\nContent-Length: {contentLength}\r\n\r\n{{\"token\""));
        return tls;
    }
}
