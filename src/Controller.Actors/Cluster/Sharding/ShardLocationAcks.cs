using System.Collections.Immutable;
using Akka.Actor;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>What a node that leaves waits for: that each of the others knows where its shards have gone, or is gone itself.</summary>
/// <param name="Awaited">Those that have not said so yet.</param>
internal sealed record ShardLocationAcks(ImmutableHashSet<Address> Awaited)
{
    /// <summary>Nobody is waited for.</summary>
    public static readonly ShardLocationAcks None = new([]);

    /// <summary>Whether it may go.</summary>
    public bool AreAllReceived => Awaited.IsEmpty;

    /// <summary>A node knows, or is gone.</summary>
    public ShardLocationAcks Without(Address node) => this with { Awaited = Awaited.Remove(node) };
}
