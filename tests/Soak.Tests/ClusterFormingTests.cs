using System.Diagnostics;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>Several controller processes find one another and form one cluster, in any order of their starts.</summary>
public sealed class ClusterFormingTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    [Fact]
    public async Task Three_that_start_at_once_form_oneCluster_and_serve()
    {
        await PrepareAsync();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(Cluster.Controllers.StartAsync));
        await OneClusterAsync();
        Output.WriteLine($"three together: one cluster after {clock.Elapsed.TotalSeconds:F2} s");
        await ServeAsync();
        Output.WriteLine($"three together: a pod served after {clock.Elapsed.TotalSeconds:F2} s");
        await DiscoveredAsync(3);
    }

    [Fact]
    public async Task Those_that_start_one_by_one_the_lowest_address_last_form_oneCluster_on_an_API_server_without_slices()
    {
        await PrepareAsync(ApiServerVersion.Kubernetes120);
        await Cluster.Controllers.StartAsync(2);
        // One controller alone is not a majority.
        await SaysNothingOfAClusterAsync(2);
        await Cluster.Controllers.StartAsync(1);
        await Eventually.TrueAsync(() => MembersAsync(2), members => members?.Up.Count == 2, "the two of them form a cluster");
        await Cluster.Controllers.StartAsync(0);
        await OneClusterAsync();
        await ServeAsync();
        await DiscoveredAsync(3);
    }

    [Fact]
    public async Task One_replica_with_aCluster_section_forms_aCluster_by_itself()
    {
        await PrepareAsync(controllers: 1);
        var ip = Cluster.Controllers.AddressOf(0);
        using var admin = Admin();
        await new ControllerService(admin, slices: true).PublishAsync([ip], Deadline);
        var clock = Stopwatch.StartNew();
        await using var controller = ControllerProcess.Start(Cluster.Directory, Cluster.Vault.Address, Cluster.ControllerToken, Cluster.Kubeconfig, place: new ControllerPlace(ip, 1));
        await controller.ReadyAsync(Deadline);
        Output.WriteLine($"one replica: ready after {clock.Elapsed.TotalSeconds:F2} s");
        await ServeAsync();
        Output.WriteLine($"one replica: a pod served after {clock.Elapsed.TotalSeconds:F2} s");
    }

    [Fact]
    public async Task One_that_comes_back_under_another_address_joins_the_sameCluster()
    {
        await StartAsync();
        await Cluster.Controllers.KillAsync(0);
        await Cluster.Controllers.MoveAsync(0, Deadline);
        await Cluster.Controllers.StartAsync(0);
        await OneClusterAsync();
        await ServeAsync();
    }

    [Fact]
    public async Task All_stopped_and_started_again_form_oneCluster_and_serve_what_was_waiting()
    {
        await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(index => Cluster.Controllers[index].StopAsync()));
        var waiting = await RunAsync();
        for (var index = 2; index >= 0; index--) await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
        await ServedOnceAsync([waiting]);
    }

    [Fact]
    public async Task Those_that_start_while_the_API_server_is_away_form_one_cluster_when_it_returns()
    {
        await PrepareAsync();
        await Cluster.ApiServer.StopListeningAsync();
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        for (var index = 0; index < 3; index++)
        {
            var said = Cluster.Controllers[index].Process;
            await Eventually.TrueAsync(() => said.Output.Any(line => line.Contains("cannot be looked up", StringComparison.Ordinal)), $"controller {index} asks in vain");
        }

        await Cluster.ApiServer.ResumeListeningAsync();
        await OneClusterAsync();
        await ServeAsync();
    }
}
