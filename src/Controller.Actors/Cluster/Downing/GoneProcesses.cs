using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Event;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>The addresses at which, as this node knows, no process is: its failure detector need not wait for heartbeats.</summary>
public sealed class GoneProcesses
{
    // A failure detector is made by Akka, and the event stream is all it gets to know of its actor system.
    private static readonly ConditionalWeakTable<EventStream, GoneProcesses> BySystem = [];

    private readonly ConcurrentDictionary<string, bool> _addresses = new(StringComparer.Ordinal);

    /// <summary>Those of an actor system.</summary>
    public static GoneProcesses Of(EventStream events) => BySystem.GetValue(events, _ => new GoneProcesses());

    /// <summary>Whether no process is there.</summary>
    public bool Contains(string address) => _addresses.ContainsKey(address);

    /// <summary>No process is there.</summary>
    public void Add(string address) => _addresses[address] = true;

    /// <summary>One is there again, or the address is nobody's any more.</summary>
    public void Remove(string address) => _addresses.TryRemove(address, out _);
}
