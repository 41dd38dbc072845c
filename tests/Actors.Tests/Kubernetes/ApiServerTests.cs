using System.Globalization;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Actors.Tests.Kubernetes;

public sealed class ApiServerTests
{
    private const string KeepAliveTimer = "02";

    [Fact]
    public async Task The_kernel_asks_whether_the_other_end_of_a_silent_watch_is_still_there()
    {
        await using var server = await SimulatedApiServer.StartAsync();
        using var api = ApiServer.For(server.Address, server.Token);
        using var watch = await api.GetAsync("api/v1/pods?watch=1&resourceVersion=1", default);
        Assert.True(watch.IsSuccessStatusCode);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        // While data is in flight, another timer runs.
        while (!TimersOf(server.Address.Port).SequenceEqual([KeepAliveTimer]))
        {
            Assert.False(deadline.IsCancellationRequested, $"keepalive is on; timers: {string.Join(' ', TimersOf(server.Address.Port))}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>The timers of this machine's connections to a port, as proc_net_tcp.txt of the kernel's documentation describes them.</summary>
    private static IReadOnlyList<string> TimersOf(int port)
    {
        var end = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return
        [
            .. from file in (string[])["/proc/net/tcp", "/proc/net/tcp6"]
               from line in File.ReadLines(file).Skip(1)
               let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where fields[2].EndsWith(end, StringComparison.Ordinal)
               select fields[5].Split(':')[0],
        ];
    }
}
