namespace AkkaVault.Controller.Pods;

/// <summary>To whoever hosts a shard: say so, with <see cref="ShardFound"/>. Routed like a pod command.</summary>
/// <param name="Shard">The shard's number.</param>
public sealed record FindShard(int Shard) : IPodWire;

/// <summary>The sender's node hosts this shard.</summary>
/// <param name="Shard">The shard's number.</param>
public sealed record ShardFound(int Shard) : IPodWire;

/// <summary>To the other nodes: the shards of the sender's node are about to move. Answered by <see cref="ShardsKnown"/> when all have.</summary>
public sealed record ShardsWillMove : IPodWire;

/// <summary>To the other nodes: the coordinator is about to move; find out where each shard is, and answer <see cref="ShardsKnown"/>.</summary>
public sealed record RecallShards : IPodWire;

/// <summary>To the node that said <see cref="ShardsWillMove"/> or <see cref="RecallShards"/>: the sender's node knows where each shard is.</summary>
public sealed record ShardsKnown : IPodWire;
