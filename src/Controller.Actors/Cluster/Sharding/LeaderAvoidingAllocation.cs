using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>
/// Gives shards to others than the leader, as long as there are any. When a leader goes, its successor has enough to
/// do: it reads the ledger, and as coordinator answers nobody for half a second. Pods whose actors are elsewhere, where each node
/// knows them to be, need not wait for more than that. The coordinator, which asks this, is where the leader is: both run on the
/// oldest member.
/// </summary>
/// <param name="among">Decides among those that may have shards.</param>
/// <param name="isLeaders">Whether a shard region is the leader's.</param>
/// <param name="isCalm">Whether shards may be moved now.</param>
/// <param name="atOnce">How many of the leader's shards are moved at once.</param>
internal sealed class LeaderAvoidingAllocation(IShardAllocationStrategy among, Func<IActorRef, bool> isLeaders, Func<bool> isCalm, int atOnce)
    : IActorSystemDependentAllocationStrategy
{
    /// <summary>Among the others as Akka does it, and only while no member comes or goes, this one the first of all: a move ends with its coordinator.</summary>
    /// <param name="system">The node's actor system.</param>
    /// <param name="atOnce">How many shards are moved at once, to whomever.</param>
    public static LeaderAvoidingAllocation Least(ActorSystem system, int atOnce)
    {
        var (cluster, shutdown) = (Akka.Cluster.Cluster.Get(system), CoordinatedShutdown.Get(system));
        return new LeaderAvoidingAllocation(
            ShardAllocationStrategy.LeastShardAllocationStrategy(atOnce, 1), region => region.Path.Address.HasLocalScope,
            () => shutdown.ShutdownReason is null && cluster.State is { Unreachable.IsEmpty: true } state && state.Members.All(member => member.Status == MemberStatus.Up), atOnce);
    }

    /// <inheritdoc/>
    public void Start(ActorSystem system) => (among as IActorSystemDependentAllocationStrategy)?.Start(system);

    /// <inheritdoc/>
    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        among.AllocateShard(requester, shardId, Hosts(currentShardAllocations));

    /// <inheritdoc/>
    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        if (rebalanceInProgress.Count > 0 || !isCalm()) return Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);
        var hosts = Hosts(currentShardAllocations);
        var misplaced = currentShardAllocations.Where(region => !hosts.ContainsKey(region.Key)).SelectMany(region => region.Value).Take(atOnce).ToImmutableHashSet();
        return misplaced.IsEmpty ? among.Rebalance(hosts, rebalanceInProgress) : Task.FromResult<IImmutableSet<string>>(misplaced);
    }

    private IImmutableDictionary<IActorRef, IImmutableList<string>> Hosts(IImmutableDictionary<IActorRef, IImmutableList<string>> regions)
    {
        var others = regions.Where(region => !isLeaders(region.Key)).ToImmutableDictionary();
        return others.IsEmpty ? regions : others;
    }
}
