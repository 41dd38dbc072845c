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
/// <param name="atOnce">How many of the leader's shards are moved at once.</param>
public sealed class LeaderSparingAllocation(IShardAllocationStrategy among, Func<IActorRef, bool> isLeaders, int atOnce) : IActorSystemDependentAllocationStrategy
{
    private Func<bool> _isCalm = () => true;

    /// <summary>Among the others as Akka does it.</summary>
    /// <param name="atOnce">How many shards are moved at once, to whomever.</param>
    public static LeaderSparingAllocation Least(int atOnce) =>
        new(ShardAllocationStrategy.LeastShardAllocationStrategy(atOnce, 1), region => region.Path.Address.HasLocalScope, atOnce);

    /// <inheritdoc/>
    public void Start(ActorSystem system)
    {
        (among as IActorSystemDependentAllocationStrategy)?.Start(system);
        var cluster = Akka.Cluster.Cluster.Get(system);
        // As Akka does it with the others: nothing is moved while members come and go.
        _isCalm = () => cluster.State is { Unreachable.IsEmpty: true } state && state.Members.All(member => member.Status == MemberStatus.Up);
    }

    /// <inheritdoc/>
    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        among.AllocateShard(requester, shardId, Hosts(currentShardAllocations));

    /// <inheritdoc/>
    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        if (rebalanceInProgress.Count > 0) return Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);
        var hosts = Hosts(currentShardAllocations);
        var misplaced = currentShardAllocations.Where(region => !hosts.ContainsKey(region.Key)).SelectMany(region => region.Value).Take(atOnce).ToImmutableHashSet();
        if (misplaced.IsEmpty) return among.Rebalance(hosts, rebalanceInProgress);
        return Task.FromResult<IImmutableSet<string>>(_isCalm() ? misplaced : []);
    }

    private IImmutableDictionary<IActorRef, IImmutableList<string>> Hosts(IImmutableDictionary<IActorRef, IImmutableList<string>> regions)
    {
        var others = regions.Where(region => !isLeaders(region.Key)).ToImmutableDictionary();
        return others.IsEmpty ? regions : others;
    }
}
