using System.Net;
using System.Net.Sockets;

namespace AkkaVault.EndToEnd.Tests.Faults;

/// <summary>A proxy that opens no tunnel.</summary>
internal sealed class RefusingProxy : IDisposable
{
    /// <summary>The password. No output may contain it. .NET prints an address with its escapes decoded.</summary>
    public const string Password = "hush%20hush";

    /// <summary>The part of the password that is the same with escapes and without.</summary>
    public const string Secret = "hush";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _status;
    private int _asked;

    public RefusingProxy(string status)
    {
        _status = status;
        _listener.Start();
        Listening = ListenAsync();
    }

    /// <summary>Completes when this object is disposed.</summary>
    public Task Listening { get; }

    /// <summary>The variables that make a process use this proxy, except for the addresses in NO_PROXY.</summary>
    public IReadOnlyDictionary<string, string> Environment(string except = "")
    {
        var address = $"http://somebody:{Password}@{_listener.LocalEndpoint}";
        return new Dictionary<string, string> { ["HTTPS_PROXY"] = address, ["HTTP_PROXY"] = address, ["NO_PROXY"] = except, ["no_proxy"] = except, ["REQUEST_METHOD"] = "" };
    }

    public int Asked => Volatile.Read(ref _asked);

    public void Dispose() => _listener.Dispose();

    private async Task ListenAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy is disposed.
            return;
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        using (var reader = new StreamReader(client.GetStream()))
        {
            Interlocked.Increment(ref _asked);
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }

            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {_status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        }
    }
}
