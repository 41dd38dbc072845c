using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Event;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>What this node knows of the processes at addresses. For any thread.</summary>
internal sealed class ProcessStates
{
    // A failure detector is made by Akka, and the event stream is all it gets to know of its actor system.
    private static readonly ConditionalWeakTable<EventStream, ProcessStates> BySystem = [];

    private readonly ConcurrentDictionary<string, bool> _gone = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _linked = new(StringComparer.Ordinal);

    /// <summary>Those of an actor system.</summary>
    public static ProcessStates Of(EventStream events) => BySystem.GetValue(events, _ => new ProcessStates());

    /// <summary>Whether no process is there: a failure detector need not wait for heartbeats.</summary>
    public bool IsGone(string address) => _gone.ContainsKey(address);

    /// <summary>No process is there.</summary>
    public void Gone(string address) => _gone[address] = true;

    /// <summary>One is there again, or the address is nobody's any more.</summary>
    public void NotGone(string address) => _gone.TryRemove(address, out _);

    /// <summary>Whether this node has heard from it: there is a link to it.</summary>
    public bool IsLinked(string address) => _linked.GetValueOrDefault(address);

    /// <summary>Whether it has heard from who is there now.</summary>
    public void Linked(string address, bool linked) => _linked[address] = linked;
}
