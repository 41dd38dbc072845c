using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using AkkaVault.Shared.Push;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>Many bad pushes at once, and the good push after them.</summary>
public sealed class CrowdTests
{
    private const int Crowd = 300;

    [Theory]
    [InlineData(4)]
    [InlineData(40)]
    public async Task Pushes_that_name_a_silent_Vault_hold_up_nobody_else(int count)
    {
        using var tarpit = new TcpListener(IPAddress.Loopback, 0);
        tarpit.Start();
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        var forged = InitProcess.GoodPush(vault) with { VaultAddr = $"http://{tarpit.LocalEndpoint}" };
        var hanging = Enumerable.Range(0, count).Select(_ => init.PushAsync(forged)).ToList();
        // On a busy machine a connection may be refused before its push is received.
        await Eventually.TrueAsync(() => Count(init.Output, "Received SecretPush") + hanging.Count(push => push.IsFaulted) >= count, "all forged pushes were received");

        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
        DidNotWaitForAll(init, count);
        Assert.InRange(Count(init.Output, "Received SecretPush"), 2, count + 1);
        foreach (var push in hanging) await IsNotTakenAsync(push);
    }

    [Theory]
    [InlineData("sys/wrapping/unwrap")]
    [InlineData("auth/approle/login")]
    public async Task A_Vault_that_falls_silent_half_way_holds_up_its_own_pushes_only(string silent)
    {
        await using var attackers = await ScriptedVault.StartAsync();
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        attackers.Silent = silent;
        var hanging = Enumerable.Range(0, 8).Select(_ => init.PushAsync(InitProcess.GoodPush(attackers))).ToList();
        // Send the good push only when all others have arrived, so that it comes after them.
        await Eventually.TrueAsync(() => Count(init.Output, "Received SecretPush") == hanging.Count, "all forged pushes were received");
        await Eventually.TrueAsync(() => attackers.Requests.Contains($"PUT {silent}"), "the attackers' Vault was asked");

        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Equal((string?)ScriptedVault.Auth["client_token"], (string?)System.Text.Json.Nodes.JsonNode.Parse(init.ReadFile("vault-token"))!["clientToken"]);
        DidNotWaitForAll(init, hanging.Count);
        foreach (var push in hanging) await IsNotTakenAsync(push);
    }

    /// <summary>Had the good push, which came last, waited for the forged ones, all of them would have been given up after it was received.</summary>
    private static void DidNotWaitForAll(InitProcess init, int forged) =>
        Assert.InRange(Count(init.Output[init.Output.LastIndexOf("Received SecretPush", StringComparison.Ordinal)..], "Rejected"), 0, forged - 1);

    /// <summary>A forged push hangs until the process ends, or until the init container gives the silent Vault up.</summary>
    private static async Task IsNotTakenAsync(Task<(int Status, string? Reason)> push)
    {
        try
        {
            Assert.Equal((503, PushRejection.VaultUnavailable), await push);
        }
        catch (HttpRequestException)
        {
            // The process has ended.
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    public async Task However_many_connect_and_say_nothing_a_good_push_gets_in_and_they_are_not_all_kept(string from)
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var init = await InitProcess.StartAsync();
        var strangers = new List<Socket>();
        for (var i = 0; i < Crowd; i++) strangers.Add(await ConnectAsync(init, IPAddress.Loopback));
        // The init container closes a silent connection without an answer, the oldest first.
        await EndsAsync(strangers[0]);
        await using (var good = await HandshakeAsync(await ConnectAsync(init, IPAddress.Parse(from))))
        {
            await SendAsync(good, InitProcess.GoodPush(vault).Encode());
            Assert.Equal("HTTP/1.1 200 OK", await new StreamReader(good).ReadLineAsync().EndsAsync());
        }

        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Contains("too many were open at once", init.Output, StringComparison.Ordinal);
        foreach (var stranger in strangers) stranger.Dispose();
    }

    [SkippableTheory]
    [InlineData("a huge token")]
    [InlineData("a huge bundle")]
    [InlineData("many certificates")]
    public async Task Huge_bodies_of_many_fit_into_the_container(string what)
    {
        await using var vault = await ScriptedVault.StartAsync(https: true);
        // In a container of 64 MiB, .NET by itself limits its heap to three quarters of the memory.
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x3000000" });
        Skip.IfNot(init.IsNative, "no C compiler: the memory of the JIT build is another");
        using var tarpit = new TcpListener(IPAddress.Loopback, 0);
        tarpit.Start();
        var pem = Encoding.ASCII.GetBytes(vault.Certificate!.ExportCertificatePem() + "\n");
        var forged = InitProcess.GoodPush(vault) with { VaultAddr = $"http://{tarpit.LocalEndpoint}" };
        // One half of the pushes is complete and waits for its Vault. The other half lacks the last byte.
        var whole = (what switch
        {
            "a huge token" => forged with { Token = new string('x', SecretPush.MaxBodyBytes - 1000) },
            "a huge bundle" => forged with { VaultCAs = [.. pem, .. new byte[700_000]] },
            _ => forged with { VaultCAs = [.. Enumerable.Repeat(pem, 700_000 / pem.Length).SelectMany(one => one)] },
        }).Encode();
        var strangers = new List<SslStream>();
        for (var i = 0; i < 60; i++)
        {
            try
            {
                var stranger = await HandshakeAsync(await ConnectAsync(init, IPAddress.Loopback));
                strangers.Add(stranger);
                await SendAsync(stranger, whole, keepBack: i % 2);
            }
            catch (IOException)
            {
                // The init container closed this connection to make room for another.
                continue;
            }
        }

        Assert.InRange(init.PeakMemory, 1, 64L * 1024 * 1024);
        Assert.Equal((200, null), await init.PushAsync(InitProcess.GoodPush(vault, pem)));
        Assert.Equal(0, await init.ExitCodeAsync());
        foreach (var stranger in strangers) await stranger.DisposeAsync();
    }

    [Fact]
    public async Task What_strangers_send_makes_no_long_lines_in_the_log()
    {
        await using var vault = await ScriptedVault.StartAsync();
        await using var expecting = await InitProcess.StartAsync(new Dictionary<string, string> { ["EXPECTED_VAULT_ADDR"] = vault.Address });
        await using var init = await InitProcess.StartAsync();
        foreach (var length in (int[])[1500, 60_000])
        {
            var forged = InitProcess.GoodPush(vault) with { VaultAddr = $"http://127.0.0.1:1/{new string('x', length)}" };
            Assert.Equal(length > 2000 ? (400, PushRejection.InvalidPush) : (403, PushRejection.VaultNotExpected), await expecting.PushAsync(forged));
            Assert.Equal(length > 2000 ? (400, PushRejection.InvalidPush) : (503, PushRejection.VaultUnavailable), await init.PushAsync(forged));
        }

        vault.CreationPath = new string('x', 100_000);
        Assert.Equal((403, PushRejection.WrappingTokenForeign), await init.PushAsync(InitProcess.GoodPush(vault)));
        Assert.All((string[])[.. init.Output.Split('\n'), .. expecting.Output.Split('\n')], line => Assert.InRange(line.Length, 0, 2100));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static async Task<Socket> ConnectAsync(InitProcess init, IPAddress from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(new IPEndPoint(init.Address, SecretPush.Port));
        return socket;
    }

    private static async Task EndsAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).EndsAsync());
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private static async Task<SslStream> HandshakeAsync(Socket socket)
    {
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("pod").EndsAsync();
        return tls;
    }

    private static async Task SendAsync(SslStream tls, byte[] body, int keepBack = 0)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"POST / HTTP/1.1\r\nHost: pod\r\nContent-Length: {body.Length}\r\n\r\n");
        await tls.WriteAsync(Encoding.ASCII.GetBytes(head));
        await tls.WriteAsync(body.AsMemory(0, body.Length - keepBack));
    }
}
