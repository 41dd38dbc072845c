using AkkaVault.Controller.Cluster.Forming;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster;

public class BootstrapPropertyTests
{
    /// <summary>Nodes starting in every order, slow, with discovery failing at first, crashing, restarting, changing addresses.</summary>
    [Property(MaxTest = 800)]
    public void There_is_one_cluster_at_all_times_and_in_the_end_everybody_is_in_it(int seed, byte size)
    {
        var world = new BootstrapWorld(seed, 1 + (size % 5));
        world.Live(TimeSpan.FromSeconds(60));
        Assert.True(world.Violations.Count == 0, string.Join('\n', world.Violations));
    }

    [Fact]
    public void The_margin_is_longer_than_anything_that_counts_may_be_old()
    {
        var rules = new BootstrapRules(3, 2);
        Assert.True(rules.Freshness > rules.ProbeTimeout);
        Assert.True(rules.DiscoveryFreshness > rules.DiscoveryTimeout);
        Assert.True(rules.StableMargin > rules.Freshness && rules.StableMargin > rules.DiscoveryFreshness);
        Assert.True(rules.Patience > rules.StableMargin);
    }
}
