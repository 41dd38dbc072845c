using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>
/// Random worlds of a sidecar, its controller, its kubelet and Vault: tokens with and without a max TTL, batch tokens, outages of Vault and
/// of the controllers, lost answers, restarts of the sidecar.
/// </summary>
public class SidecarWorldTests
{
    /// <summary>
    /// The file holds a token that is good for a third of its TTL at any moment, unless something was away; and one that lives unless that
    /// was for long. No push is taken that was not asked for.
    /// </summary>
    [Property(MaxTest = 1000)]
    public Property Whoever_reads_the_file_finds_a_good_token_across_deliveries() =>
        Prop.ForAll(ArbMap.Default.ArbFor<DoNotSize<int>>(), seed => new SidecarWorld(seed.Item, isOriginal: false).Live());

    [Fact]
    public void In_most_worlds_there_are_deliveries_and_nothing_is_away_most_of_the_time()
    {
        var worlds = Enumerable.Range(0, 200).Select(seed => new SidecarWorld(seed, isOriginal: false)).ToList();
        Assert.All(worlds, world => world.Live());
        Assert.True(worlds.Count(world => world.Redeliveries > 1) > 100);
        Assert.True(worlds.Count(world => world.Judged > 20) > 150);
    }

    [Property(MaxTest = 500)]
    public Property With_the_originals_controllers_which_deliver_to_new_runs_only_it_finds_a_live_one() =>
        Prop.ForAll(ArbMap.Default.ArbFor<DoNotSize<int>>(), seed => new SidecarWorld(seed.Item, isOriginal: true).Live());
}
