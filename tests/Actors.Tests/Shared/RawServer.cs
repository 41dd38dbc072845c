using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>Answers each connection with the bytes of a test.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, byte[]> _answer;
    private readonly Task _serving;

    /// <param name="answer">Returns the answer to a request; empty: the connection is closed.</param>
    public RawServer(Func<string, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public RawServer(string answer)
        : this(_ => Encoding.Latin1.GetBytes(answer))
    {
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The requests, head and body, one for each connection.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>An HTTP answer.</summary>
    public static string Http(string status, string headers = "", string body = "") => $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The server is disposed.
            return;
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            var (buffer, received) = (new byte[65536], "");
            do
            {
                var read = await stream.ReadAsync(buffer);
                if (read == 0) return;
                received += Encoding.Latin1.GetString(buffer, 0, read);
            }
            while (!IsWhole(received));

            Received.Enqueue(received);
            await stream.WriteAsync(_answer(received));
        }
        catch (IOException)
        {
            // The client has disconnected.
            return;
        }
    }

    // A TLS handshake is answered after its first bytes.
    private static bool IsWhole(string received)
    {
        if (received[0] == '\x16') return true;
        if (received.IndexOf("\r\n\r\n", StringComparison.Ordinal) is not (>= 0 and var end)) return false;
        var length = received[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return length is null || received.Length >= end + 4 + int.Parse(length["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
