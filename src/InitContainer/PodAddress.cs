using System.Net;
using System.Net.Sockets;

namespace AkkaVault.InitContainer;

/// <summary>The address that other pods see.</summary>
internal static class PodAddress
{
    // Addresses of documentation networks (RFC 5737, RFC 3849). Connecting a UDP socket sends nothing: it only asks the routing table.
    private static readonly IPEndPoint[] s_elsewhere =
        [new(IPAddress.Parse("192.0.2.1"), 9), new(IPAddress.Parse("2001:db8::1"), 9)];

    /// <summary>The address of the interface that has the default route; loopback in a pod without network.</summary>
    public static IPAddress Find()
    {
        foreach (var target in s_elsewhere)
        {
            try
            {
                using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.Connect(target);
                if (socket.LocalEndPoint is IPEndPoint { Address: var address }) return address;
            }
            catch (SocketException)
            {
                // There is no route, or no such address family. The next address is tried.
                continue;
            }
        }

        return IPAddress.Loopback;
    }
}
