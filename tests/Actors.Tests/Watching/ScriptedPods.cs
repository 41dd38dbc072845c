using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>A watch of pods that says what the test tells it to.</summary>
internal sealed class ScriptedPods : IPodWatcher
{
    private readonly Channel<PodWatchItem> _items = Channel.CreateUnbounded<PodWatchItem>();
    private int _lists;
    private int _locates;

    /// <summary>How often a list was asked for.</summary>
    public int Lists => Volatile.Read(ref _lists);

    /// <summary>How often a list beside the watch was asked for.</summary>
    public int Locates => Volatile.Read(ref _locates);

    /// <summary>What follows when a list is asked for.</summary>
    public Action Listing { get; set; } = () => { };

    public void Say(PodWatchItem item) => _items.Writer.TryWrite(item);

    public void List()
    {
        Interlocked.Increment(ref _lists);
        Listing();
    }

    public void Locate() => Interlocked.Increment(ref _locates);

    public async IAsyncEnumerable<PodWatchItem> ReadAsync(string resumeToken, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in _items.Reader.ReadAllAsync(cancellation)) yield return item;
    }
}
