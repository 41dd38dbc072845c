using System.Net;
using System.Net.Sockets;

namespace AkkaVault.Sandbox.Network;

/// <summary>
/// Finds a port for a program that is about to start. The system gives ports from 32768 on to outgoing connections
/// (<c>net.ipv4.ip_local_port_range</c>), so one of those may be taken before the program listens on it. These ports are below.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int End = 32_768;

    /// <summary>A port of 127.0.0.1 on which nobody listens now.</summary>
    /// <exception cref="SocketException">No port could be bound.</exception>
    public static int Next()
    {
        for (var tries = 100; ; tries--)
        {
            using var probe = new TcpListener(IPAddress.Loopback, Random.Shared.Next(First, End));
            try
            {
                probe.Start();
                return ((IPEndPoint)probe.LocalEndpoint).Port;
            }
            catch (SocketException) when (tries > 1)
            {
                // Somebody listens there: try another one.
            }
        }
    }
}
