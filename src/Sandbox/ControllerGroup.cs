using AkkaVault.Sandbox.Network;

namespace AkkaVault.Sandbox;

/// <summary>The controllers of an installation: each its own process, found by the others through the service's addresses.</summary>
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

    /// <summary>A group of which nobody runs yet.</summary>
    /// <param name="count">How many there are to be.</param>
    /// <param name="start">Starts one, in a directory, alone or at a place.</param>
    /// <param name="service">Where their addresses are published.</param>
    /// <param name="directory">Where theirs are stored.</param>
    /// <param name="block">The first three bytes of their addresses.</param>
    /// <param name="network">Their network; null: they are where this process is.</param>
    public ControllerGroup(int count, Func<string, ControllerPlace?, ControllerProcess> start, ControllerService service, string directory, string block, SandboxNetwork? network = null)
    {
        (_start, _service, _directory, _block, _network) = (start, service, directory, block, network);
        _addresses = [.. Enumerable.Range(0, count).Select(_ => NextAddress())];
        _processes = new ControllerProcess?[count];
    }

    /// <summary>How many there are to be.</summary>
    public int Count => _processes.Length;

    /// <summary>Whether packets between them can get lost.</summary>
    public bool CanBeCut => _network is not null;

    /// <summary>A controller's address in the cluster.</summary>
    public string AddressOf(int index) => _addresses[index];

    /// <summary>A controller's process; it may have ended.</summary>
    /// <exception cref="InvalidOperationException">It was not started yet.</exception>
    public ControllerProcess this[int index] => _processes[index] ?? throw new InvalidOperationException($"controller {index} was not started");

    /// <summary>Those that run.</summary>
    public IEnumerable<ControllerProcess> Running => _processes.OfType<ControllerProcess>().Where(process => !process.Process.HasExited);

    /// <summary>Publishes all addresses.</summary>
    public Task PublishAsync(CancellationToken cancellation) => Count == 1 ? Task.CompletedTask : _service.PublishAsync(_addresses, cancellation);

    /// <summary>Starts one, or starts it again after it has ended.</summary>
    public async Task StartAsync(int index)
    {
        if (_processes[index] is { } before) await before.DisposeAsync().ConfigureAwait(false);
        if (_network is not null) await _network.AddressAsync(index, _addresses[index], CancellationToken.None).ConfigureAwait(false);
        _processes[index] = _start(
            Count == 1 ? _directory : System.IO.Directory.CreateDirectory(Path.Combine(_directory, $"controller-{index}")).FullName,
            Count == 1 ? null : new ControllerPlace(_addresses[index], Count) { Within = command => _network?.Within(index, command) ?? command });
    }

    /// <summary>Ends one with SIGKILL.</summary>
    public async Task KillAsync(int index)
    {
        this[index].Process.Kill();
        await this[index].Process.ExitAsync().ConfigureAwait(false);
    }

    /// <summary>Gives one that has ended another address, as a pod that is created again has.</summary>
    public Task MoveAsync(int index, CancellationToken cancellation)
    {
        _addresses[index] = NextAddress();
        return PublishAsync(cancellation);
    }

    /// <summary>Drops every packet between one and others from now on.</summary>
    /// <exception cref="InvalidOperationException">They are in no network of their own.</exception>
    public Task CutAsync(int index, NetworkCut from, CancellationToken cancellation) => CuttableNetwork.CutAsync(index, from, cancellation);

    /// <summary>Lets the packets of one through again.</summary>
    /// <exception cref="InvalidOperationException">They are in no network of their own.</exception>
    public Task HealAsync(int index, CancellationToken cancellation) => CuttableNetwork.HealAsync(index, cancellation);

    /// <summary>How many packets one has lost by being cut off.</summary>
    /// <exception cref="InvalidOperationException">They are in no network of their own.</exception>
    public Task<long> LostAsync(int index, CancellationToken cancellation) => CuttableNetwork.LostAsync(index, cancellation);

    /// <summary>Waits until every one that runs is ready.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => Task.WhenAll(Running.Select(process => process.ReadyAsync(cancellation)));

    /// <summary>Waits until all are one cluster, as each of them sees it, and each is ready.</summary>
    public async Task WholeAsync(CancellationToken cancellation)
    {
        while (!await WholeNowAsync(cancellation).ConfigureAwait(false)) await Task.Delay(50, cancellation).ConfigureAwait(false);
        await ReadyAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether all are one cluster now, as each of them sees it.</summary>
    public async Task<bool> WholeNowAsync(CancellationToken cancellation)
    {
        var expected = _addresses.Order(StringComparer.Ordinal).ToList();
        var seen = await Task.WhenAll(Enumerable.Range(0, Count).Select(index => MembersSeenByAsync(index, cancellation))).ConfigureAwait(false);
        return seen.All(members => members is { Oldest: not null, Others.Count: 0 } && members.Up.SequenceEqual(expected) && members.Oldest == seen[0]!.Oldest);
    }

    /// <summary>Where shards live, as those that run say.</summary>
    public Task<ClusterShards> ShardsAsync(CancellationToken cancellation) =>
        ClusterShards.AskAsync(_addresses.Where((_, index) => _processes[index] is { Process.HasExited: false }), cancellation);

    /// <summary>What the members of the cluster are, as one of them sees it; null when nobody answers.</summary>
    public async Task<ClusterMembers?> MembersAsync(CancellationToken cancellation)
    {
        for (var index = 0; index < Count && Count > 1; index++)
        {
            if (await MembersSeenByAsync(index, cancellation).ConfigureAwait(false) is { } members) return members;
        }

        return null;
    }

    /// <summary>What the members are, as a certain one sees it; null when it does not answer.</summary>
    public async Task<ClusterMembers?> MembersSeenByAsync(int index, CancellationToken cancellation) =>
        _processes[index] is { Process.HasExited: false } ? await ClusterMembers.AskAsync(_addresses[index], cancellation).ConfigureAwait(false) : null;

    /// <summary>The index of the one that leads (whose watcher runs), as the others see it; null when they cannot tell.</summary>
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

    private SandboxNetwork CuttableNetwork => _network ?? throw new InvalidOperationException("a partition needs controllers in a network of their own");

    private string NextAddress() => $"{_block}.{++_given}";
}
