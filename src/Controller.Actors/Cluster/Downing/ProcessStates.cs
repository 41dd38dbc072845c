using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Event;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>What this node knows of the processes of other members, by address. Thread-safe.</summary>
internal sealed class ProcessStates
{
    // Akka makes the failure detectors, and gives them no more of the actor system than its event stream.
    private static readonly ConditionalWeakTable<EventStream, ProcessStates> BySystem = [];

    private readonly ConcurrentDictionary<string, bool> _gone = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _linked = new(StringComparer.Ordinal);

    public static ProcessStates Of(EventStream events) => BySystem.GetValue(events, _ => new ProcessStates());

    public bool IsGone(string address) => _gone.ContainsKey(address);

    public void MarkGone(string address) => _gone[address] = true;

    public void ClearGone(string address) => _gone.TryRemove(address, out _);

    /// <summary>Whether this node has received a heartbeat from there.</summary>
    public bool IsLinked(string address) => _linked.GetValueOrDefault(address);

    public void SetLinked(string address, bool linked) => _linked[address] = linked;
}
