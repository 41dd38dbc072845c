using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Pods;

public class DeliveryPropertyTests
{
    /// <summary>Over interleavings of pod events, Vault errors, push results, lost messages and restarts.</summary>
    [Property(MaxTest = 1500)]
    public void No_run_is_served_twice_none_is_forgotten_and_no_known_token_stays_alive(int seed, byte steps)
    {
        var world = new DeliveryWorld(seed);
        world.Live(steps * 2);
        Assert.Empty(world.Violations);
    }
}
