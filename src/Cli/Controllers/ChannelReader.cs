using System.Net.WebSockets;

namespace AkkaVault.Cli.Controllers;

/// <summary>Reads what a kubelet sends over a WebSocket: the first byte of each message is its channel.</summary>
/// <param name="socket">The WebSocket.</param>
/// <param name="what">The name of the connection, for messages.</param>
internal sealed class ChannelReader(WebSocket socket, string what)
{
    /// <summary>The subprotocol.</summary>
    public const string Protocol = "v4.channel.k8s.io";

    private readonly byte[] _received = new byte[16 * 1024];
    private int _channel = -1;

    /// <summary>A part of a message, with its channel; the data is overwritten by the next part. Null: the kubelet has closed the WebSocket.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<(int Channel, ReadOnlyMemory<byte> Data)?> ReadAsync(CancellationToken cancellation)
    {
        ValueWebSocketReceiveResult result;
        try
        {
            result = await socket.ReceiveAsync(_received.AsMemory(), cancellation).ConfigureAwait(false);
        }
        catch (WebSocketException e)
        {
            throw new IOException($"{what} broke: {e.Message}", e);
        }

        if (result.MessageType == WebSocketMessageType.Close) return null;
        ReadOnlyMemory<byte> data = _received.AsMemory(0, result.Count);
        if (_channel < 0 && !data.IsEmpty) (_channel, data) = (data.Span[0], data[1..]);
        var channel = _channel;
        if (result.EndOfMessage) _channel = -1;
        return (channel, data);
    }
}
