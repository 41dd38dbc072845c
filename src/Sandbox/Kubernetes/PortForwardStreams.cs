using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>
/// The kubelet's end of a port-forward over a WebSocket (kubernetes/kubernetes, pkg/kubelet/cri/streaming/portforward/websocket.go): each
/// port has two channels, 2n for data and 2n + 1 for an error. The first message on each channel is the port, in little endian.
/// </summary>
public static class PortForwardStreams
{
    private static readonly string[] s_protocols = ["v4.channel.k8s.io"];

    /// <summary>Accepts the WebSocket, and forwards until either end closes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="pod">The pod's name, for messages.</param>
    /// <param name="ip">The pod's address, an address of this machine.</param>
    /// <param name="port">The port. Only one is supported.</param>
    public static async Task ServeAsync(HttpContext context, string pod, string ip, int port)
    {
        var protocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(s_protocols.Contains);
        if (protocol is null)
        {
            // golang.org/x/net/websocket answers so when it knows no subprotocol of the request.
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol).ConfigureAwait(false);
        var portBytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(portBytes, (ushort)port);
        await SendAsync(socket, 0, portBytes, context.RequestAborted).ConfigureAwait(false);
        await SendAsync(socket, 1, portBytes, context.RequestAborted).ConfigureAwait(false);
        using var client = new TcpClient();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            await client.ConnectAsync(ip, port, ended.Token).ConfigureAwait(false);
            await await Task.WhenAny(ToPodAsync(socket, client.GetStream(), ended.Token), FromPodAsync(client.GetStream(), socket, ended.Token)).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            var message = $"error forwarding port {port} to pod {pod}, uid : dial tcp4 127.0.0.1:{port}: connect: {e.Message.ToLowerInvariant()}";
            await SendAsync(socket, 1, Encoding.UTF8.GetBytes(message), context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or WebSocketException or OperationCanceledException)
        {
            // One end is gone, so the connection ends.
            socket.Abort();
            return;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }

        if (socket.State == WebSocketState.Open) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task ToPodAsync(WebSocket socket, Stream pod, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        var channel = -1;
        while (await socket.ReceiveAsync(buffer.AsMemory(), cancellation).ConfigureAwait(false) is { MessageType: not WebSocketMessageType.Close } part)
        {
            var data = buffer.AsMemory(0, part.Count);
            if (channel < 0 && !data.IsEmpty) (channel, data) = (data.Span[0], data[1..]);
            if (channel == 0) await pod.WriteAsync(data, cancellation).ConfigureAwait(false);
            if (part.EndOfMessage) channel = -1;
        }
    }

    private static async Task FromPodAsync(Stream pod, WebSocket socket, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        while (await pod.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var length) await SendAsync(socket, 0, buffer.AsMemory(0, length), cancellation).ConfigureAwait(false);
    }

    private static ValueTask SendAsync(WebSocket socket, byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        socket.SendAsync(new byte[] { channel }.Concat(data.ToArray()).ToArray(), WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, cancellation);
}
