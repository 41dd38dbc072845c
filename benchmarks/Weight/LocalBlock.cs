using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Shared.Push;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>A /16 of addresses of this machine.</summary>
internal sealed class LocalBlock : IAsyncDisposable
{
    // A sandbox takes a 127.x.0.0/16 by listening on this one of its addresses. Here that would keep the push server from listening on all addresses.
    private const string Mark = "255.254";

    private readonly bool _isRouted;

    private LocalBlock(string prefix, bool isRouted) => (Prefix, _isRouted) = (prefix, isRouted);

    /// <summary>The first two bytes of the addresses.</summary>
    public string Prefix { get; }

    private string Route => $"local {Prefix}.0.0/16 dev lo";

    /// <summary>A block of 127.0.0.0/8 that no sandbox uses.</summary>
    public static async Task<LocalBlock> LoopbackAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"127.{Random.Shared.Next(2, 255)}");
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Parse($"{prefix}.{Mark}"), SecretPush.Port, cancellation).ConfigureAwait(false);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return new LocalBlock(prefix, isRouted: false);
            }
        }
    }

    /// <summary>A block outside 127.0.0.0/8, whose addresses a real API server does not take for endpoints. No real network uses 240.0.0.0/4.</summary>
    /// <exception cref="InvalidOperationException">It could not be made.</exception>
    public static async Task<LocalBlock> RoutedAsync()
    {
        var block = new LocalBlock(string.Create(CultureInfo.InvariantCulture, $"242.{Random.Shared.Next(256)}"), isRouted: true);
        if (await IpAsync($"route add {block.Route}").ConfigureAwait(false) is { } problem)
            throw new InvalidOperationException($"a real API server takes no addresses of 127.0.0.0/8 for several controllers, and others need root and ip: {problem}");
        return block;
    }

    /// <summary>Removes the route.</summary>
    /// <exception cref="InvalidOperationException">It could not be removed.</exception>
    public async ValueTask DisposeAsync()
    {
        if (_isRouted && await IpAsync($"route delete {Route}").ConfigureAwait(false) is { } problem) throw new InvalidOperationException($"ip route delete {Route}: {problem}");
    }

    private static async Task<string?> IpAsync(string command)
    {
        await using var ip = ChildProcess.Start(new ProgramCommand("sh", ["-c", $"ip {command}"]), [], new Dictionary<string, string>());
        var exit = await ip.ExitAsync().ConfigureAwait(false);
        return exit == 0 ? null : $"{exit}: {string.Join(' ', ip.Output)}";
    }
}
