using System.Net;
using System.Net.Sockets;
using AkkaVault.Shared.Push;

namespace AkkaVault.Sandbox.Network;

/// <summary>A 127.x.0.0/16 of this machine that no other sandbox has. One of its addresses is listened on meanwhile: so the others know, and it is free again however this process ends.</summary>
internal sealed class LoopbackBlock : IDisposable
{
    // 127.0 and 127.1 are everybody's.
    private const int First = 2;
    private const int Count = 253;
    private readonly TcpListener _mark;

    private LoopbackBlock(string prefix, TcpListener mark) => (Prefix, _mark) = (prefix, mark);

    /// <summary>The first two bytes of its addresses.</summary>
    public string Prefix { get; }

    /// <summary>Takes one at random of those that are free.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    public static LoopbackBlock Take()
    {
        var begin = Random.Shared.Next(Count);
        for (var i = 0; i < Count; i++)
        {
            var prefix = $"127.{First + ((begin + i) % Count)}";
            // An address that neither a pod nor a controller is given.
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
