using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>To whoever hosts a shard: say so, with <see cref="ShardFound"/>. Routed like a pod command.</summary>
/// <param name="Shard">The shard's number.</param>
internal sealed record FindShard(int Shard) : IWireMessage;

/// <summary>The sender's node hosts this shard.</summary>
/// <param name="Shard">The shard's number.</param>
internal sealed record ShardFound(int Shard) : IWireMessage;

/// <summary>To the other nodes: the shards of the sender's node are about to move. Answered by <see cref="ShardLocationsKnown"/> when all have.</summary>
internal sealed record ShardsWillMove : IWireMessage;

/// <summary>To the other nodes: the coordinator is about to move; find out where each shard is, and answer <see cref="ShardLocationsKnown"/>.</summary>
internal sealed record RefreshShardLocations : IWireMessage;

/// <summary>To the node that said <see cref="ShardsWillMove"/> or <see cref="RefreshShardLocations"/>: the sender's node knows where each shard is.</summary>
internal sealed record ShardLocationsKnown : IWireMessage;
