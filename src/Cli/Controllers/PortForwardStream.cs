using System.Net.WebSockets;
using System.Text;

namespace AkkaVault.Cli.Controllers;

/// <summary>
/// A connection through a port-forward. Channel 0 is data in both directions, and on channel 1 the kubelet says why it cannot forward. The first two bytes of each channel are the port; they are not needed.
/// </summary>
/// <param name="socket">The WebSocket. The stream disposes of it.</param>
/// <param name="what">What it is, for messages.</param>
internal sealed class PortForwardStream(WebSocket socket, string what) : Stream
{
    private const int PortBytes = 2;
    private const int MostSent = 32 * 1024;

    private readonly ChannelReader _reader = new(socket, what);
    private readonly byte[] _sent = new byte[1 + MostSent];
    private readonly int[] _portBytes = new int[2];
    private readonly StringBuilder _problem = new();
    private ReadOnlyMemory<byte> _unread;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The kubelet cannot forward, or the connection broke.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        while (_unread.IsEmpty)
        {
            if (!await ReceiveAsync(cancellationToken).ConfigureAwait(false)) return 0;
        }

        var length = Math.Min(buffer.Length, _unread.Length);
        _unread[..length].CopyTo(buffer);
        _unread = _unread[length..];
        return length;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var length = Math.Min(buffer.Length, MostSent);
            buffer[..length].CopyTo(_sent.AsMemory(1));
            buffer = buffer[length..];
            try
            {
                await socket.SendAsync(_sent.AsMemory(0, 1 + length), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
            }
            catch (WebSocketException e)
            {
                throw new IOException($"{what} broke: {e.Message}", e);
            }
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) socket.Dispose();
        base.Dispose(disposing);
    }

    /// <returns>Whether the connection is still open.</returns>
    private async Task<bool> ReceiveAsync(CancellationToken cancellation)
    {
        (int Channel, ReadOnlyMemory<byte> Data)? received;
        try
        {
            received = await _reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException) when (_problem.Length > 0)
        {
            // The kubelet's message says more than the exception.
            received = null;
        }

        if (received is not var (channel, part)) return _problem.Length == 0 ? false : throw new IOException($"{_problem}");
        if (channel is not (0 or 1)) return true;
        var skipped = Math.Min(PortBytes - _portBytes[channel], part.Length);
        _portBytes[channel] += skipped;
        part = part[skipped..];
        if (channel == 0) _unread = part;
        else _problem.Append(Encoding.UTF8.GetString(part.Span));
        return true;
    }
}
