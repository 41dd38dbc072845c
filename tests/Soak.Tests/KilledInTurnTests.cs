using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>Controllers that are killed and started again one after the other, in random order.</summary>
[Collection(AloneCollection.Name)]
[Trait("Category", "Alone")]
public sealed class KilledInTurnTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    [Fact]
    public async Task Whichever_is_killed_and_started_again_while_pods_arrive_all_are_served_once_and_one_cluster_is_left()
    {
        var random = new Random(20261124);
        await StartAsync();
        using var enough = new CancellationTokenSource();
        var arriving = ArriveAsync(TimeSpan.FromMilliseconds(150), enough.Token);
        for (var round = 0; round < 8; round++)
        {
            var victim = random.Next(3);
            await Cluster.Controllers.KillAsync(victim);
            await Task.Delay(random.Next(3000), Deadline);
            await Cluster.Controllers.StartAsync(victim);
            // Without this one, the others would be a minority when the next one is killed. Do not wait for more.
            await Eventually.TrueAsync(() => MembersAsync(victim), members => members?.Up.Count == 3, "it is back");
        }

        await enough.CancelAsync();
        var pods = await arriving;
        await ServedOnceAsync(pods);
        await OneClusterAsync();
        AssertWithin(SoonAfterAnEnd, LongestWait(pods), "killed in turn: the pod that waited longest was served");
    }
}
