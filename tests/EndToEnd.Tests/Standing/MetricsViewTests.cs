using AkkaVault.EndToEnd.Tests.Monitoring;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Standing;

/// <summary>The values of a cluster's metrics. <see cref="MetricsReferenceTests"/> test that each metric is documented.</summary>
[Collection(StandingClusterTests.Name)]
public sealed class MetricsViewTests(StandingCluster standing)
{
    [Fact]
    public async Task The_leader_alone_tells_of_runs_and_the_ledger()
    {
        await standing.Cluster.ServeAsync();
        var leader = await standing.Cluster.LeaderAsync();
        await Eventually.TrueAsync(() => standing.Sandbox.Controllers[leader].MetricAsync("kubernetesvault_leader", standing.Deadline), leads => leads == 1, "it says that it leads");
        using var http = new HttpClient();
        for (var index = 0; index < 3; index++)
        {
            var exported = Exposition.Parse(await http.GetStringAsync(new Uri(standing.Sandbox.Controllers[index].Address, "metrics"), standing.Deadline));
            Assert.Equal(index == leader ? 1 : 0, exported.Sum("kubernetesvault_leader"));
            Assert.Equal(3, exported.Sum("kubernetesvault_raft_nodes_total"));
            if (index != leader) Assert.Equal((0, 0), (exported.Sum("kubernetesvault_runs"), exported.Sum("kubernetesvault_ledger_bytes")));
            else Assert.True(exported.Sum("kubernetesvault_ledger_bytes") > 0);
        }
    }
}
