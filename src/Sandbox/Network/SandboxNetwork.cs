using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Sandbox.Network;

/// <summary>
/// A real network for controllers, in which packets can be dropped. Each controller has its own network namespace, and all
/// of them are connected to one switch. Vault, the API server and pods stay outside, on their own addresses. The network
/// needs root, <c>ip</c>, <c>unshare</c> and <c>nsenter</c>. It disappears with this process, however the process ends.
/// </summary>
public sealed class SandboxNetwork : IAsyncDisposable
{
    private const int Attempts = 20;
    private const int AnyPort = 9;

    /// <summary>The column of sent packets in /proc/net/dev.</summary>
    private const int SentPackets = 10;

    private static readonly Lazy<Task<string?>> s_missing = new(TryAsync);

    private readonly int _number;
    private readonly NetworkNamespace _switch;
    private readonly List<NetworkNamespace> _controllers = [];
    private readonly Dictionary<int, string> _addresses = [];

    private SandboxNetwork(int number, NetworkNamespace @switch) => (_number, _switch) = (number, @switch);

    /// <summary>The first two bytes of the pods' addresses. All of these addresses belong to this machine.</summary>
    // No real network uses 240.0.0.0/4, so the addresses cannot collide with those of this machine's networks.
    public string PodBlock => Text($"240.{_number}");

    /// <summary>The first three bytes of the controllers' addresses.</summary>
    public string ControllerBlock => Text($"241.{_number}.0");

    /// <summary>The address of Vault.</summary>
    public IPAddress Vault => IPAddress.Parse($"{PodBlock}.255.1");

    /// <summary>The address of the API server.</summary>
    public IPAddress ApiServer => IPAddress.Parse($"{PodBlock}.255.2");

    private string Gateway => $"{ControllerBlock}.254";

    private string Link => Text($"akkavault-{_number}");

    /// <summary>Why this machine cannot have such a network; null: it can.</summary>
    public static Task<string?> MissingAsync() => s_missing.Value;

    /// <summary>Creates a network.</summary>
    /// <param name="controllers">The number of controllers.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="InvalidOperationException">This machine or user cannot create one. The message says why.</exception>
    public static async Task<SandboxNetwork> StartAsync(int controllers, CancellationToken cancellation)
    {
        var network = await SwitchAsync(cancellation).ConfigureAwait(false);
        try
        {
            for (var index = 0; index < controllers; index++) await network.AttachAsync(index, cancellation).ConfigureAwait(false);
            return network;
        }
        catch
        {
            await network.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Drops every packet between a controller and others, in both directions. No error is sent back: connections only get no more data.
    /// </summary>
    /// <param name="controller">The controller's index.</param>
    /// <param name="from">What the controller is cut off from.</param>
    /// <param name="cancellation">Cancels the commands.</param>
    public Task CutAsync(int controller, NetworkCut from, CancellationToken cancellation) => _controllers[controller].RunAsync(
        // The strict reverse path filter drops the packets in the other direction: it drops a packet from an address whose route leads elsewhere.
        string.Join("; ", Lost(from).Select(others => $"ip route replace {others} dev lost")), cancellation);

    /// <summary>Lets the packets of a controller through again.</summary>
    public Task HealAsync(int controller, CancellationToken cancellation) => _controllers[controller].RunAsync("ip route flush dev lost", cancellation);

    /// <summary>How many packets from a controller were dropped since the controller was created.</summary>
    public async Task<long> LostAsync(int controller, CancellationToken cancellation)
    {
        var devices = await File.ReadAllLinesAsync($"/proc/{_controllers[controller].Id}/net/dev", cancellation).ConfigureAwait(false);
        return long.Parse(devices.Single(line => line.TrimStart().StartsWith("lost:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[SentPackets], CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var controller in _controllers) await controller.DisposeAsync().ConfigureAwait(false);
        try
        {
            // The link would disappear with the switch, but some time later.
            await NetworkNamespace.RunOutsideAsync($"ip link delete {Link}", CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await _switch.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gives a controller its address in <see cref="ControllerBlock"/>. The last byte is at most 127.</summary>
    public async Task AddressAsync(int controller, string address, CancellationToken cancellation)
    {
        if (_addresses.GetValueOrDefault(controller) == address) return;
        await _controllers[controller].RunAsync(
            $"ip address flush dev eth0; ip address add {address}/24 dev eth0; ip route replace {PodBlock}.0.0/16 via {Gateway}", cancellation).ConfigureAwait(false);
        _addresses[controller] = address;
    }

    /// <summary>A command that runs a program in the network of a controller.</summary>
    public ProgramCommand Within(int controller, ProgramCommand command) => _controllers[controller].Within(command);

    private string[] Lost(NetworkCut from) => from switch
    {
        NetworkCut.Controllers => [$"{ControllerBlock}.0/25"],
        NetworkCut.AllButPods => [$"{ControllerBlock}.0/25", $"{Vault}/32", $"{ApiServer}/32"],
        NetworkCut.ApiServer => [$"{ApiServer}/32"],
        _ => throw new ArgumentOutOfRangeException(nameof(from), from, "not a cut"),
    };

    private static async Task<SandboxNetwork> SwitchAsync(CancellationToken cancellation)
    {
        var @switch = await NetworkNamespace.CreateAsync(cancellation).ConfigureAwait(false);
        try
        {
            await @switch.RunAsync("ip link add name switch type bridge; ip link set switch up", cancellation).ConfigureAwait(false);
            for (var attempt = 1; ; attempt++)
            {
                var network = new SandboxNetwork(Random.Shared.Next(256), @switch);
                try
                {
                    await network.ConnectAsync(cancellation).ConfigureAwait(false);
                    return network;
                }
                catch (InvalidOperationException e) when (attempt < Attempts && e.Message.Contains("File exists", StringComparison.Ordinal))
                {
                    // Another sandbox uses this number.
                }
            }
        }
        catch
        {
            await @switch.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Connects this machine to the switch. The name of the link reserves the number: only one sandbox can create it.</summary>
    private async Task ConnectAsync(CancellationToken cancellation)
    {
        await _switch.RunAsync(Text($"ip link add name machine type veth peer name {Link} netns {Environment.ProcessId}; ip link set machine master switch up"), cancellation).ConfigureAwait(false);
        await NetworkNamespace.RunOutsideAsync($"ip address add {Gateway}/24 dev {Link}; ip link set {Link} up; ip route add local {PodBlock}.0.0/16 dev {Link}", cancellation).ConfigureAwait(false);
    }

    private async Task AttachAsync(int index, CancellationToken cancellation)
    {
        var controller = await NetworkNamespace.CreateAsync(cancellation).ConfigureAwait(false);
        _controllers.Add(controller);
        await _switch.RunAsync(Text($"ip link add name port{index} type veth peer name eth0 netns {controller.Id}; ip link set port{index} master switch up"), cancellation).ConfigureAwait(false);
        // The other end of this device drops all packets, because they are not addressed to it.
        await controller.RunAsync(
            """
            ip link set eth0 up
            ip link add name lost type veth peer name nowhere
            ip link set nowhere up
            ip link set lost arp off up
            for device in all eth0; do echo 1 > /proc/sys/net/ipv4/conf/$device/rp_filter; done
            """, cancellation).ConfigureAwait(false);
    }

    /// <summary>Creates a network and checks that packets arrive.</summary>
    private static async Task<string?> TryAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await using var network = await StartAsync(1, deadline.Token).ConfigureAwait(false);
            var address = $"{network.ControllerBlock}.1";
            await network.AddressAsync(0, address, deadline.Token).ConfigureAwait(false);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Parse(address), AnyPort, deadline.Token).ConfigureAwait(false);
            return $"another program uses {address}";
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // The namespace refused the connection, because nobody listens there. So packets arrive in both directions.
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or SocketException or OperationCanceledException or Win32Exception)
        {
            return $"controllers cannot have a network of their own here: {e.Message}";
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
