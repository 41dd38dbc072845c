using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>To the node of a shard, routed like a pod command; answered with <see cref="ShardFound"/>.</summary>
internal sealed record FindShard(int Shard) : IWireMessage;

/// <summary>The sender's node hosts this shard.</summary>
internal sealed record ShardFound(int Shard) : IWireMessage;

/// <summary>To the other nodes: the shards of the sender's node are about to move. Answered with <see cref="ShardLocationsKnown"/> when all have moved.</summary>
internal sealed record ShardsWillMove : IWireMessage;

/// <summary>To the other nodes: the coordinator is about to move. Answered with <see cref="ShardLocationsKnown"/> when each shard's location was found again.</summary>
internal sealed record RefreshShardLocations : IWireMessage;

/// <summary>Answers <see cref="ShardsWillMove"/> and <see cref="RefreshShardLocations"/>: the sender's node knows where each shard is.</summary>
internal sealed record ShardLocationsKnown : IWireMessage;
