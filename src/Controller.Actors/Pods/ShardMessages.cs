namespace AkkaVault.Controller.Pods;

/// <summary>To whoever hosts a shard: say so, with <see cref="ShardFound"/>. Routed like a pod command.</summary>
/// <param name="Shard">The shard's number.</param>
public sealed record FindShard(int Shard) : IPodWire;

/// <summary>The sender's node hosts this shard.</summary>
/// <param name="Shard">The shard's number.</param>
public sealed record ShardFound(int Shard) : IPodWire;

/// <summary>To the other nodes: the shards of the sender's node are about to move.</summary>
public sealed record ShardsWillMove : IPodWire;

/// <summary>To the node that said <see cref="ShardsWillMove"/>: the sender's node knows where all of them are now.</summary>
public sealed record ShardsMoved : IPodWire;

/// <summary>To the other nodes: find out where each shard is, and answer <see cref="ShardsRecalled"/>; the coordinator is about to move.</summary>
public sealed record RecallShards : IPodWire;

/// <summary>To the node that said <see cref="RecallShards"/>: the sender's node knows where each shard is.</summary>
public sealed record ShardsRecalled : IPodWire;
