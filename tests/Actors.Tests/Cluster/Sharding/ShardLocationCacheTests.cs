using Akka.Actor;
using AkkaVault.Controller.Cluster.Sharding;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Sharding;

public sealed class ShardLocationCacheTests
{
    private const int Count = 3;
    private static readonly Address Here = Address.Parse("akka.tcp://s@10.0.0.1:2552");
    private static readonly Address There = Address.Parse("akka.tcp://s@10.0.0.2:2552");
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);

    [Fact]
    public void Nothing_is_asked_before_this_node_is_a_member()
    {
        var (cache, effects) = ShardLocationCache.Unknown(Count).Handle(new ShardLocationInput.Due(), Late);
        Assert.Empty(effects);
        Assert.Null(cache.NextDue);
    }

    [Fact]
    public void A_new_member_waits_before_it_asks()
    {
        var (cache, effects) = ShardLocationCache.Unknown(Count).Handle(new ShardLocationInput.Joined(), TimeSpan.Zero);
        Assert.Empty(effects);
        Assert.Equal(ShardLocationCache.SettleTime, cache.NextDue);
    }

    [Fact]
    public void A_member_asks_for_all_shards_and_soon_again_for_those_that_do_not_answer()
    {
        var (cache, effects) = Member().Handle(new ShardLocationInput.Due(), Late);
        Assert.Equal([0, 1, 2], Asked(effects));
        (cache, _) = cache.Handle(new ShardLocationInput.Found(1, There), Late);
        Assert.Equal(Late + ShardLocationCache.FastInterval, cache.NextDue);
        Assert.Equal([0, 2], Asked(cache.Handle(new ShardLocationInput.Due(), Late + ShardLocationCache.FastInterval).Effects));
    }

    [Fact]
    public void After_the_fast_questions_the_slow_ones_follow()
    {
        var (cache, asked, now) = (Member(1), 0, Late);
        while (cache.NextDue!.Value - now < ShardLocationCache.SlowInterval)
        {
            now = cache.NextDue.Value;
            (cache, _) = cache.Handle(new ShardLocationInput.Due(), now);
            asked++;
        }

        Assert.Equal((ShardLocationCache.FastQueries + 1, Late + ShardLocationCache.FastInterval * ShardLocationCache.FastQueries), (asked, now));
    }

    [Fact]
    public void A_known_location_is_asked_for_again_later()
    {
        var cache = Knowing(There);
        Assert.Equal(Late + ShardLocationCache.RefreshInterval, cache.NextDue);
        var (again, effects) = cache.Handle(new ShardLocationInput.Due(), Late + ShardLocationCache.RefreshInterval);
        Assert.Equal([0, 1, 2], Asked(effects));
        Assert.Equal(Count, again.Known);
    }

    [Fact]
    public void When_a_node_leaves_all_shards_are_asked_for_and_its_own_answers_do_not_count_until_it_is_removed()
    {
        var (cache, effects) = Knowing(There).Handle(new ShardLocationInput.Leaving(There), Late);
        Assert.Equal([0, 1, 2], Asked(effects));
        (cache, _) = cache.Handle(new ShardLocationInput.Found(0, There), Late);
        Assert.Equal(0, cache.Known);
        (cache, effects) = cache.Handle(new ShardLocationInput.Removed(There), Late);
        Assert.Equal([0, 1, 2], Asked(effects));
        Assert.Equal(1, cache.Handle(new ShardLocationInput.Found(0, There), Late).State.Known);
    }

    [Fact]
    public void A_leaving_node_gets_one_report_as_soon_as_all_shards_have_another_location()
    {
        var cache = Knowing(There).Handle(new ShardLocationInput.Leaving(There), Late).State;
        var reported = new List<Address>();
        foreach (var shard in new[] { 0, 1, 2, 1 })
        {
            (cache, var effects) = cache.Handle(new ShardLocationInput.Found(shard, Here), Late);
            if (shard < 2 && reported.Count == 0) Assert.Empty(Reported(effects));
            reported.AddRange(Reported(effects));
        }

        Assert.Equal([There], reported);
    }

    [Fact]
    public void A_node_that_asks_for_a_refresh_gets_one_report_when_every_shard_has_answered_again()
    {
        var (cache, effects) = Knowing(There).Handle(new ShardLocationInput.Refresh(Here), Late);
        Assert.Equal([0, 1, 2], Asked(effects));
        var reported = new List<Address>();
        foreach (var shard in new[] { 0, 1, 2, 1 })
        {
            Assert.Equal(reported.Count == 0 ? shard : Count, cache.Known);
            (cache, effects) = cache.Handle(new ShardLocationInput.Found(shard, There), Late);
            reported.AddRange(Reported(effects));
        }

        Assert.Equal([Here], reported);
    }

    [Fact]
    public void A_node_that_is_removed_meanwhile_gets_no_report()
    {
        var cache = Knowing(There).Handle(new ShardLocationInput.Refresh(Here), Late).State.Handle(new ShardLocationInput.Removed(Here), Late).State;
        for (var shard = 0; shard < Count; shard++)
        {
            (cache, var effects) = cache.Handle(new ShardLocationInput.Found(shard, There), Late);
            Assert.Empty(Reported(effects));
        }

        Assert.Equal(Count, cache.Known);
    }

    [Fact]
    public void Numbers_that_no_shard_has_are_ignored()
    {
        var cache = Member();
        foreach (var number in new[] { -1, Count }) Assert.Equal(0, cache.Handle(new ShardLocationInput.Found(number, Here), Late).State.Known);
    }

    [Property(MaxTest = 500)]
    public void Whatever_happens_a_location_that_is_not_known_is_asked_for_in_time(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var (cache, now) = (Member(), Late);
        for (var step = 0; step < 200; step++)
        {
            Assert.InRange(cache.NextDue!.Value, now, now + ShardLocationCache.SlowInterval);
            var node = random.Next(2) == 0 ? Here : There;
            ShardLocationInput input = random.Next(6) switch
            {
                5 => new ShardLocationInput.Refresh(node),
                0 => new ShardLocationInput.Leaving(node),
                1 => new ShardLocationInput.Removed(node),
                2 => new ShardLocationInput.Due(),
                _ => new ShardLocationInput.Found(random.Next(Count), node),
            };
            if (input is ShardLocationInput.Due) now = cache.NextDue.Value;
            (cache, var effects) = cache.Handle(input, now);
            if (input is ShardLocationInput.Due) Assert.NotEmpty(Asked(effects));
            if (Reported(effects).Any()) Assert.Equal(Count, cache.Known);
        }
    }

    private static IEnumerable<int> Asked(IEnumerable<ShardLocationEffect> effects) => effects.OfType<ShardLocationEffect.Find>().Select(find => find.Shard);

    private static IEnumerable<Address> Reported(IEnumerable<ShardLocationEffect> effects) => effects.OfType<ShardLocationEffect.ReportKnown>().Select(report => report.Node);

    private static ShardLocationCache Member(int count = Count) => ShardLocationCache.Unknown(count).Handle(new ShardLocationInput.Joined(), Late - ShardLocationCache.SettleTime).State;

    private static ShardLocationCache Knowing(Address node) => Enumerable.Range(0, Count).Aggregate(
        Member(), (cache, shard) => cache.Handle(new ShardLocationInput.Found(shard, node), Late).State);
}
