using Akka.Actor;
using AkkaVault.Controller.Cluster.Sharding;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Sharding;

public sealed class ShardLocationCacheTests
{
    private const int Count = 3;
    private static readonly Address Here = Address.Parse("akka.tcp://s@10.0.0.1:2552");
    private static readonly Address There = Address.Parse("akka.tcp://s@10.0.0.2:2552");
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);

    [Fact]
    public void Nobody_is_asked_before_this_node_is_a_member()
    {
        var (homes, effects) = ShardLocationCache.Unknown(Count).Handle(new ShardLocationInput.Due(), Late);
        Assert.Equal((ShardLocationEffects.None, null), (effects, homes.NextDue));
    }

    [Fact]
    public void A_new_member_leaves_time_for_others()
    {
        var (homes, effects) = ShardLocationCache.Unknown(Count).Handle(new ShardLocationInput.Joined(), TimeSpan.Zero);
        Assert.Equal(ShardLocationEffects.None, effects);
        Assert.Equal(ShardLocationCache.SettleTime, homes.NextDue);
    }

    [Fact]
    public void A_member_asks_for_all_and_soon_again_for_those_that_do_not_answer()
    {
        var (homes, effects) = Member().Handle(new ShardLocationInput.Due(), Late);
        Assert.Equal([0, 1, 2], effects.Ask);
        (homes, _) = homes.Handle(new ShardLocationInput.Found(1, There), Late);
        Assert.Equal(Late + ShardLocationCache.FastInterval, homes.NextDue);
        Assert.Equal([0, 2], homes.Handle(new ShardLocationInput.Due(), Late + ShardLocationCache.FastInterval).Effects.Ask);
    }

    [Fact]
    public void After_some_questions_it_is_patient()
    {
        var (homes, asked, now) = (Member(1), 0, Late);
        while (homes.NextDue!.Value - now < ShardLocationCache.SlowInterval)
        {
            now = homes.NextDue.Value;
            (homes, _) = homes.Handle(new ShardLocationInput.Due(), now);
            asked++;
        }

        Assert.Equal((ShardLocationCache.FastQueries + 1, Late + ShardLocationCache.FastInterval * ShardLocationCache.FastQueries), (asked, now));
    }

    [Fact]
    public void What_is_known_is_asked_for_again_later()
    {
        var homes = Knowing(There);
        Assert.Equal(Late + ShardLocationCache.RefreshInterval, homes.NextDue);
        var (again, effects) = homes.Handle(new ShardLocationInput.Due(), Late + ShardLocationCache.RefreshInterval);
        Assert.Equal([0, 1, 2], effects.Ask);
        Assert.Equal(Count, again.Known);
    }

    [Fact]
    public void When_a_node_leaves_all_are_asked_for_and_its_own_answers_do_not_count_until_it_is_gone()
    {
        var (homes, effects) = Knowing(There).Handle(new ShardLocationInput.Leaving(There), Late);
        Assert.Equal([0, 1, 2], effects.Ask);
        (homes, _) = homes.Handle(new ShardLocationInput.Found(0, There), Late);
        Assert.Equal(0, homes.Known);
        (homes, effects) = homes.Handle(new ShardLocationInput.Removed(There), Late);
        Assert.Equal([0, 1, 2], effects.Ask);
        Assert.Equal(1, homes.Handle(new ShardLocationInput.Found(0, There), Late).Homes.Known);
    }

    [Fact]
    public void The_leaving_node_is_told_once_as_soon_as_all_have_another_home()
    {
        var homes = Knowing(There).Handle(new ShardLocationInput.Leaving(There), Late).Homes;
        var told = new List<Address>();
        foreach (var shard in new[] { 0, 1, 2, 1 })
        {
            (homes, var effects) = homes.Handle(new ShardLocationInput.Found(shard, Here), Late);
            if (shard < 2 && told.Count == 0) Assert.Empty(effects.Tell);
            told.AddRange(effects.Tell);
        }

        Assert.Equal([There], told);
    }

    [Fact]
    public void Who_wants_all_recalled_is_told_once_when_all_have_said_again_where_they_are()
    {
        var (homes, effects) = Knowing(There).Handle(new ShardLocationInput.Refresh(Here), Late);
        Assert.Equal([0, 1, 2], effects.Ask);
        var told = new List<Address>();
        foreach (var shard in new[] { 0, 1, 2, 1 })
        {
            Assert.Equal(told.Count == 0 ? shard : Count, homes.Known);
            (homes, effects) = homes.Handle(new ShardLocationInput.Found(shard, There), Late);
            told.AddRange(effects.Tell);
        }

        Assert.Equal([Here], told);
    }

    [Fact]
    public void Who_is_gone_meanwhile_is_told_nothing()
    {
        var homes = Knowing(There).Handle(new ShardLocationInput.Refresh(Here), Late).Homes.Handle(new ShardLocationInput.Removed(Here), Late).Homes;
        for (var shard = 0; shard < Count; shard++)
        {
            (homes, var effects) = homes.Handle(new ShardLocationInput.Found(shard, There), Late);
            Assert.Empty(effects.Tell);
        }

        Assert.Equal(Count, homes.Known);
    }

    [Fact]
    public void Numbers_that_no_shard_has_are_ignored()
    {
        var homes = Member();
        foreach (var number in new[] { -1, Count }) Assert.Equal(0, homes.Handle(new ShardLocationInput.Found(number, Here), Late).Homes.Known);
    }

    [Fact]
    public void Who_leaves_waits_for_each_of_the_others_until_it_knows_or_is_gone()
    {
        var departure = new ShardLocationAcks([Here, There]);
        Assert.False(departure.AreAllReceived);
        Assert.False(departure.Without(Here).AreAllReceived);
        Assert.False(departure.Without(Here).Without(Here).AreAllReceived);
        Assert.True(departure.Without(There).Without(Here).AreAllReceived);
        Assert.True(ShardLocationAcks.None.AreAllReceived);
    }

    [Property(MaxTest = 500)]
    public void Whatever_happens_what_is_not_known_is_asked_for_within_the_patience(int seed)
    {
        var random = new Random(seed);
        var (homes, now) = (Member(), Late);
        for (var step = 0; step < 200; step++)
        {
            Assert.InRange(homes.NextDue!.Value, now, now + ShardLocationCache.SlowInterval);
            var node = random.Next(2) == 0 ? Here : There;
            ShardLocationInput input = random.Next(6) switch
            {
                5 => new ShardLocationInput.Refresh(node),
                0 => new ShardLocationInput.Leaving(node),
                1 => new ShardLocationInput.Removed(node),
                2 => new ShardLocationInput.Due(),
                _ => new ShardLocationInput.Found(random.Next(Count), node),
            };
            if (input is ShardLocationInput.Due) now = homes.NextDue.Value;
            (homes, var effects) = homes.Handle(input, now);
            if (input is ShardLocationInput.Due) Assert.NotEmpty(effects.Ask);
            if (effects.Tell.Count > 0) Assert.Equal(Count, homes.Known);
        }
    }

    private static ShardLocationCache Member(int count = Count) => ShardLocationCache.Unknown(count).Handle(new ShardLocationInput.Joined(), Late - ShardLocationCache.SettleTime).Homes;

    private static ShardLocationCache Knowing(Address node) => Enumerable.Range(0, Count).Aggregate(
        Member(), (homes, shard) => homes.Handle(new ShardLocationInput.Found(shard, node), Late).Homes);
}
