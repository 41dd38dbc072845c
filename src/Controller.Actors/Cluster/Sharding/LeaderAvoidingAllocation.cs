using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>
/// Allocates no shards to the leader while there is another member. When a leader leaves, the next one reads the ledger, and as
/// coordinator does not answer for half a second. Shards of the old leader would have to move as well; the pods of other shards, whose
/// locations every node knows, need not wait. The coordinator calls this on the leader's node: both run on the oldest member.
/// </summary>
internal sealed class LeaderAvoidingAllocation(IShardAllocationStrategy among, Func<IActorRef, bool> isLeaders, Func<bool> mayMove, int maxMoving)
    : IActorSystemDependentAllocationStrategy
{
    /// <summary>
    /// Allocates to the region with the fewest shards. Moves shards only while no member joins or leaves, this one included: a move
    /// does not survive its coordinator.
    /// </summary>
    public static LeaderAvoidingAllocation Least(ActorSystem system, int maxMoving)
    {
        var (cluster, shutdown) = (Akka.Cluster.Cluster.Get(system), CoordinatedShutdown.Get(system));
        return new LeaderAvoidingAllocation(
            ShardAllocationStrategy.LeastShardAllocationStrategy(maxMoving, 1), region => region.Path.Address.HasLocalScope,
            () => shutdown.ShutdownReason is null && cluster.State is { Unreachable.IsEmpty: true } state && state.Members.All(member => member.Status == MemberStatus.Up), maxMoving);
    }

    public void Start(ActorSystem system) => (among as IActorSystemDependentAllocationStrategy)?.Start(system);

    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        among.AllocateShard(requester, shardId, Hosts(currentShardAllocations));

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        if (rebalanceInProgress.Count > 0 || !mayMove()) return Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);
        var hosts = Hosts(currentShardAllocations);
        var misplaced = currentShardAllocations.Where(region => !hosts.ContainsKey(region.Key)).SelectMany(region => region.Value).Take(maxMoving).ToImmutableHashSet();
        return misplaced.IsEmpty ? among.Rebalance(hosts, rebalanceInProgress) : Task.FromResult<IImmutableSet<string>>(misplaced);
    }

    private IImmutableDictionary<IActorRef, IImmutableList<string>> Hosts(IImmutableDictionary<IActorRef, IImmutableList<string>> regions)
    {
        var others = regions.Where(region => !isLeaders(region.Key)).ToImmutableDictionary();
        return others.IsEmpty ? regions : others;
    }
}
