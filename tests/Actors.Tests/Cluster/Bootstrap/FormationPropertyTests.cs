using Akka.Configuration;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

public class FormationPropertyTests
{
    /// <summary>Processes start in any order, pause, crash, restart and change their addresses. The API server is down at times.</summary>
    [Property(MaxTest = 80)]
    public void No_cluster_is_formed_beside_one_that_lives_and_in_the_end_everybody_is_in_one(DoNotSize<int> seed, byte size) => Live(seed.Item, size, network: false);

    /// <summary>The same, with a network that breaks between the processes.</summary>
    [Property(MaxTest = 80)]
    public void So_it_is_where_they_lose_sight_of_one_another(DoNotSize<int> seed, byte size) => Live(seed.Item, size, network: true);

    [Fact]
    public void Who_forms_a_cluster_by_its_claim_does_it_before_anybody_can_take_it_for_dead()
    {
        var rules = new FormationRules(3, 2);
        Assert.True(rules.ClaimIsGood < rules.Silence);
        Assert.True(rules.Silence > LedgerWriter.RenewalInterval * 2);
        Assert.True(rules.LedgerFreshness > rules.LedgerInterval);
        var probes = ConfigurationFactory.ParseString(BootstrapActor.Hocon("service", 8558, 2)).GetConfig("akka.management.cluster.bootstrap.contact-point");
        Assert.True(rules.AnswerAge > probes.GetTimeSpan("probe-interval") + probes.GetTimeSpan("probing-failure-timeout"));
    }

    private static void Live(int seed, byte size, bool network)
    {
        var world = new FormationWorld(seed, 1 + (size % 5), network);
        world.Live(TimeSpan.FromSeconds(90));
        Assert.True(world.Violations.Count == 0, string.Join('\n', world.Violations.Take(10)));
    }
}
