using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Shards are not on the leader.</summary>
public sealed class LeaderSparingTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    [Fact]
    public async Task Shards_live_with_those_that_do_not_lead_whoever_leads()
    {
        await StartAsync();
        await ServeAsync();
        var first = await LeaderAsync();
        await AtRestAsync(first);

        await Cluster.Controllers.KillAsync(first);
        await ServeAsync();
        // Only one controller is left beside the leader. It gets all shards.
        var second = await LeaderAsync();
        Assert.NotEqual(first, second);
        await AtRestAsync(second);

        await Cluster.Controllers.StartAsync(first);
        await OneClusterAsync();
        await AtRestAsync(second);
        await ServeAsync();
    }

    [Fact]
    public async Task One_that_is_left_alone_has_them_all()
    {
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        await AtRestAsync(leader);
        // Stop the others gracefully. Without that the leader would be a minority and end.
        foreach (var other in Enumerable.Range(0, 3).Where(index => index != leader)) Assert.Equal(0, await Cluster.Controllers[other].StopAsync().EndsAsync());
        await ServeAsync();
        await Eventually.TrueAsync(
            () => Cluster.Controllers.ShardsAsync(Deadline), shards => shards.Counts.GetValueOrDefault(Cluster.Controllers.AddressOf(leader)) == PodMessageExtractor.Count, "it has them all");
    }

    [Fact]
    public void The_sandbox_knows_how_many_there_are() => Assert.Equal(PodMessageExtractor.Count, ClusterShards.All);

    [Theory]
    [InlineData(0, 6, 6, true)]
    [InlineData(0, 7, 5, false)]
    [InlineData(0, 6, 5, false)]
    [InlineData(1, 6, 6, true)]
    [InlineData(1, 6, 5, false)]
    public void They_are_at_rest_when_all_are_with_the_others_about_as_many_with_each(int leaders, int second, int third, bool atRest) =>
        Assert.Equal(atRest, new ClusterShards(new Dictionary<string, int> { ["a"] = leaders, ["b"] = second, ["c"] = third }).AreAtRest("a"));

    private Task AtRestAsync(int leader) => Eventually.TrueAsync(
        () => Cluster.Controllers.ShardsAsync(Deadline), shards => shards.AreAtRest(Cluster.Controllers.AddressOf(leader)), "all shards live with the others");
}
