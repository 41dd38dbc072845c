using AkkaVault.Sandbox.Network;

namespace AkkaVault.Sandbox;

/// <summary>The controllers of an installation. Each is its own process. They find one another through the addresses of the service.</summary>
public sealed class ControllerGroup : IAsyncDisposable
{
    private readonly Func<string, ControllerPlace?, ControllerProcess> _start;
    private readonly ControllerService _service;
    private readonly SandboxNetwork? _network;
    private readonly string _directory;
    private readonly string _block;
    private readonly string[] _addresses;
    private readonly ControllerProcess?[] _processes;
    private int _given;

    /// <summary>Creates a group in which no controller runs yet.</summary>
    /// <param name="count">The number of controllers.</param>
    /// <param name="start">Starts a controller in a directory; the place is null for a controller that runs alone.</param>
    /// <param name="service">The service that publishes the controllers' addresses.</param>
    /// <param name="directory">The directory that holds the controllers' directories.</param>
    /// <param name="block">The first three bytes of the controllers' addresses.</param>
    /// <param name="network">The network of the controllers; null: the controllers use the network of this process.</param>
    public ControllerGroup(int count, Func<string, ControllerPlace?, ControllerProcess> start, ControllerService service, string directory, string block, SandboxNetwork? network = null)
    {
        (_start, _service, _directory, _block, _network) = (start, service, directory, block, network);
        _addresses = [.. Enumerable.Range(0, count).Select(_ => NextAddress())];
        _processes = new ControllerProcess?[count];
    }

    /// <summary>The number of controllers.</summary>
    public int Count => _processes.Length;

    /// <summary>Whether packets between the controllers can be dropped.</summary>
    public bool CanBeCut => _network is not null;

    /// <summary>The address of a controller in the cluster.</summary>
    public string AddressOf(int index) => _addresses[index];

    /// <summary>The process of a controller. The process may have ended.</summary>
    /// <exception cref="InvalidOperationException">The controller was not started yet.</exception>
    public ControllerProcess this[int index] => _processes[index] ?? throw new InvalidOperationException($"controller {index} was not started");

    /// <summary>The controllers that run.</summary>
    public IEnumerable<ControllerProcess> Running => _processes.OfType<ControllerProcess>().Where(process => !process.Process.HasExited);

    /// <summary>Publishes the addresses of all controllers.</summary>
    public Task PublishAsync(CancellationToken cancellation) => Count == 1 ? Task.CompletedTask : _service.PublishAsync(_addresses, cancellation);

    /// <summary>Starts a controller, for the first time or after its process has ended.</summary>
    public async Task StartAsync(int index)
    {
        if (_processes[index] is { } before) await before.DisposeAsync().ConfigureAwait(false);
        if (_network is not null) await _network.AddressAsync(index, _addresses[index], CancellationToken.None).ConfigureAwait(false);
        _processes[index] = _start(
            Count == 1 ? _directory : System.IO.Directory.CreateDirectory(Path.Combine(_directory, $"controller-{index}")).FullName,
            Count == 1 ? null : new ControllerPlace(_addresses[index], Count) { Within = command => _network?.Within(index, command) ?? command });
    }

    /// <summary>Ends a controller with SIGKILL.</summary>
    public async Task KillAsync(int index)
    {
        this[index].Process.Kill();
        await this[index].Process.ExitAsync().ConfigureAwait(false);
    }

    /// <summary>Gives another address to a controller that has ended. A pod that is created again gets another address, too.</summary>
    public Task MoveAsync(int index, CancellationToken cancellation)
    {
        _addresses[index] = NextAddress();
        return PublishAsync(cancellation);
    }

    /// <summary>Drops every packet between a controller and others from now on.</summary>
    /// <exception cref="InvalidOperationException">The controllers have no network of their own.</exception>
    public Task CutAsync(int index, NetworkCut from, CancellationToken cancellation) => CuttableNetwork.CutAsync(index, from, cancellation);

    /// <summary>Lets the packets of a controller through again.</summary>
    /// <exception cref="InvalidOperationException">The controllers have no network of their own.</exception>
    public Task HealAsync(int index, CancellationToken cancellation) => CuttableNetwork.HealAsync(index, cancellation);

    /// <summary>The number of packets of a controller that were dropped.</summary>
    /// <exception cref="InvalidOperationException">The controllers have no network of their own.</exception>
    public Task<long> LostAsync(int index, CancellationToken cancellation) => CuttableNetwork.LostAsync(index, cancellation);

    /// <summary>Waits until every running controller is ready.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => Task.WhenAll(Running.Select(process => process.ReadyAsync(cancellation)));

    /// <summary>Waits until each controller is ready and sees all controllers in one cluster.</summary>
    public async Task WholeAsync(CancellationToken cancellation)
    {
        while (!await WholeNowAsync(cancellation).ConfigureAwait(false)) await Task.Delay(50, cancellation).ConfigureAwait(false);
        await ReadyAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether each controller now sees all controllers in one cluster.</summary>
    public async Task<bool> WholeNowAsync(CancellationToken cancellation)
    {
        var expected = _addresses.Order(StringComparer.Ordinal).ToList();
        var seen = await Task.WhenAll(Enumerable.Range(0, Count).Select(index => MembersSeenByAsync(index, cancellation))).ConfigureAwait(false);
        return seen.All(members => members is { Oldest: not null, Others.Count: 0 } && members.Up.SequenceEqual(expected) && members.Oldest == seen[0]!.Oldest);
    }

    /// <summary>The shards of each controller, as the running controllers report them.</summary>
    public Task<ClusterShards> ShardsAsync(CancellationToken cancellation) =>
        ClusterShards.AskAsync(_addresses.Where((_, index) => _processes[index] is { Process.HasExited: false }), cancellation);

    /// <summary>The members of the cluster, as the first controller that answers lists them; null when no controller answers.</summary>
    public async Task<ClusterMembers?> MembersAsync(CancellationToken cancellation)
    {
        for (var index = 0; index < Count && Count > 1; index++)
        {
            if (await MembersSeenByAsync(index, cancellation).ConfigureAwait(false) is { } members) return members;
        }

        return null;
    }

    /// <summary>The members of the cluster, as a given controller lists them; null when that controller does not answer.</summary>
    public async Task<ClusterMembers?> MembersSeenByAsync(int index, CancellationToken cancellation) =>
        _processes[index] is { Process.HasExited: false } ? await ClusterMembers.AskAsync(_addresses[index], cancellation).ConfigureAwait(false) : null;

    /// <summary>The index of the leader (the controller whose watcher runs), as the first controller that answers sees it; null when the leader is not known.</summary>
    public async Task<int?> LeaderAsync(CancellationToken cancellation) =>
        await MembersAsync(cancellation).ConfigureAwait(false) is { Oldest: { } oldest } && Array.IndexOf(_addresses, oldest) is >= 0 and var index ? index : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (process is not null) await process.DisposeAsync().ConfigureAwait(false);
        }
    }

    private SandboxNetwork CuttableNetwork => _network ?? throw new InvalidOperationException("a partition needs a network of the controllers' own");

    private string NextAddress() => $"{_block}.{++_given}";
}
