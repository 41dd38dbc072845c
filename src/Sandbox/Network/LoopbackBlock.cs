using System.Net;
using System.Net.Sockets;
using AkkaVault.Shared.Push;

namespace AkkaVault.Sandbox.Network;

/// <summary>
/// A 127.x.0.0/16 of this machine that no other sandbox uses. A listener on one of its addresses
/// shows that the block is taken. The system closes the listener however this process ends.
/// </summary>
internal sealed class LoopbackBlock : IDisposable
{
    // Other programs use 127.0 and 127.1.
    private const int First = 2;
    private const int Count = 253;
    private readonly TcpListener _mark;

    private LoopbackBlock(string prefix, TcpListener mark) => (Prefix, _mark) = (prefix, mark);

    /// <summary>The first two bytes of the block's addresses.</summary>
    public string Prefix { get; }

    /// <summary>Takes a random free block.</summary>
    /// <exception cref="InvalidOperationException">No block is free.</exception>
    public static LoopbackBlock Take()
    {
        var begin = Random.Shared.Next(Count);
        for (var i = 0; i < Count; i++)
        {
            var prefix = $"127.{First + ((begin + i) % Count)}";
            // No pod and no controller gets this address.
            var mark = new TcpListener(IPAddress.Parse($"{prefix}.255.254"), SecretPush.Port);
            try
            {
                mark.Start();
                return new LoopbackBlock(prefix, mark);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                mark.Dispose();
            }
        }

        throw new InvalidOperationException($"port {SecretPush.Port} is taken on every 127.x.255.254: by other sandboxes, or by one program on all addresses");
    }

    /// <inheritdoc/>
    public void Dispose() => _mark.Dispose();
}
