using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>A watch of pods that a test speaks for.</summary>
internal sealed class ScriptedPods : IPodWatcher
{
    private readonly Channel<PodWatchItem> _items = Channel.CreateUnbounded<PodWatchItem>();
    private int _lists;

    public int Lists => Volatile.Read(ref _lists);

    public void Say(PodWatchItem item) => _items.Writer.TryWrite(item);

    public void List() => Interlocked.Increment(ref _lists);

    public async IAsyncEnumerable<PodWatchItem> ReadAsync(string resumeToken, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in _items.Reader.ReadAllAsync(cancellation)) yield return item;
    }
}
