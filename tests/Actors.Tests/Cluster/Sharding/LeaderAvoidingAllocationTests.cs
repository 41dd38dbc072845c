using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.Sharding;

namespace AkkaVault.Actors.Tests.Cluster.Sharding;

/// <summary>Which member gets which shard.</summary>
public sealed class LeaderAvoidingAllocationTests : TestKit
{
    private static readonly ImmutableHashSet<string> None = [];
    private readonly IActorRef _leader;
    private readonly IActorRef _second;
    private readonly IActorRef _third;
    private readonly LeaderAvoidingAllocation _allocation;
    private bool _calm = true;

    public LeaderAvoidingAllocationTests()
    {
        (_leader, _second, _third) = (CreateTestProbe("leader"), CreateTestProbe("second"), CreateTestProbe("third"));
        _allocation = new LeaderAvoidingAllocation(new Fewest(), region => region.Equals(_leader), () => _calm, 2);
    }

    [Fact]
    public async Task The_leader_gets_no_shard_as_long_as_there_is_another()
    {
        Assert.Equal(_second, await AllocateAsync((_leader, []), (_second, ["1", "2", "3"])));
        Assert.Equal(_third, await AllocateAsync((_leader, []), (_second, ["1", "2", "3"]), (_third, ["4"])));
    }

    [Fact]
    public async Task Who_is_alone_gets_all() => Assert.Equal(_leader, await AllocateAsync((_leader, ["1"])));

    [Fact]
    public async Task What_it_has_goes_to_the_others_a_few_at_once() =>
        Assert.Equal(["1", "2"], (await RebalanceAsync(None, (_leader, ["1", "2", "5"]), (_second, ["3"]), (_third, []))).Order());

    [Fact]
    public async Task What_others_have_is_spread_among_them_when_it_has_none() =>
        Assert.Equal("3", Assert.Single(await RebalanceAsync(None, (_leader, []), (_second, ["3", "4", "5"]), (_third, ["6"]))));

    [Fact]
    public async Task Who_is_alone_keeps_what_it_has() => Assert.Empty(await RebalanceAsync(None, (_leader, ["1", "2"])));

    [Fact]
    public async Task While_shards_are_moving_no_others_are() => Assert.Empty(await RebalanceAsync(["7"], (_leader, ["1", "2"]), (_second, [])));

    [Fact]
    public async Task While_members_come_and_go_none_is_moved_and_those_without_a_home_get_one_all_the_same()
    {
        _calm = false;
        Assert.Empty(await RebalanceAsync(None, (_leader, ["1", "2"]), (_second, [])));
        Assert.Empty(await RebalanceAsync(None, (_leader, []), (_second, ["1", "2", "3"]), (_third, [])));
        Assert.Equal(_second, await AllocateAsync((_leader, []), (_second, ["1"])));
    }

    [Fact]
    public async Task Wherever_they_are_at_first_they_come_to_lie_with_the_others_about_as_many_with_each()
    {
        for (var a = 0; a <= PodMessageExtractor.Count; a++)
            for (var b = 0; a + b <= PodMessageExtractor.Count; b++)
                await SettleAsync(a, b);
    }

    private async Task SettleAsync(int withLeader, int withSecond)
    {
        var all = Enumerable.Range(0, PodMessageExtractor.Count).Select(n => $"{n}").ToImmutableList();
        var rest = withLeader + withSecond;
        var regions = Of((_leader, [.. all.Take(withLeader)]), (_second, [.. all.Take(withLeader..rest)]), (_third, [.. all.Skip(rest)]));
        while (await _allocation.Rebalance(regions, None) is { Count: > 0 } moving)
        {
            foreach (var shard in moving)
            {
                var from = regions.Single(region => region.Value.Contains(shard)).Key;
                regions = regions.SetItem(from, regions[from].Remove(shard));
                var to = await _allocation.AllocateShard(_leader, shard, regions);
                regions = regions.SetItem(to, regions[to].Add(shard));
            }
        }

        Assert.Equal((0, PodMessageExtractor.Count / 2, PodMessageExtractor.Count / 2), (regions[_leader].Count, regions[_second].Count, regions[_third].Count));
        Assert.Equal(all.Order(), regions.Values.SelectMany(shards => shards).Order());
    }

    private Task<IActorRef> AllocateAsync(params (IActorRef, string[])[] regions) => _allocation.AllocateShard(_leader, "9", Of(regions));

    private Task<IImmutableSet<string>> RebalanceAsync(ImmutableHashSet<string> inProgress, params (IActorRef, string[])[] regions) => _allocation.Rebalance(Of(regions), inProgress);

    private static ImmutableDictionary<IActorRef, IImmutableList<string>> Of(params (IActorRef Region, string[] Shards)[] regions) =>
        regions.ToImmutableDictionary(region => region.Region, region => (IImmutableList<string>)[.. region.Shards]);

    /// <summary>
    /// Akka's strategy without a cluster: it moves one shard at a time from the region with the most shards to the one with the fewest.
    /// </summary>
    private sealed class Fewest : IShardAllocationStrategy
    {
        public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
            Task.FromResult(currentShardAllocations.MinBy(region => region.Value.Count).Key);

        public Task<IImmutableSet<string>> Rebalance(
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
        {
            var most = currentShardAllocations.MaxBy(region => region.Value.Count).Value;
            return Task.FromResult<IImmutableSet<string>>(most.Count - currentShardAllocations.Values.Min(shards => shards.Count) > 1 ? [most[0]] : ImmutableHashSet<string>.Empty);
        }
    }
}
