using System.Diagnostics;
using System.Net;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Network;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Microsoft.AspNetCore.Http;
using Xunit.Abstractions;

namespace AkkaVault.Soak.Tests;

/// <summary>A leader that reaches the other controllers, but not the API server.</summary>
public sealed class LeaderReachabilityTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const string Asks = "asking the other controllers whether they reach it";
    private const string NobodyElse = "No other controller has answered that it reaches the API server";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [SkippableTheory]
    [InlineData("its packets get lost")]
    [InlineData("its token is not taken")]
    public async Task A_leader_that_alone_does_not_reach_the_API_server_ends_and_another_leads(string how)
    {
        var missing = await SandboxNetwork.MissingAsync();
        Skip.If(missing is not null, missing);
        await StartAsync(new SandboxSetup { Controllers = 3, Network = true });
        await ServeAsync();
        var leader = await LeaderAsync();
        var old = Cluster.Controllers[leader];
        var ip = IPAddress.Parse(Cluster.Controllers.AddressOf(leader));
        var clock = Stopwatch.StartNew();
        if (how == "its packets get lost") await Cluster.Controllers.CutAsync(leader, NetworkCut.ApiServer, Deadline);
        else Cluster.ApiServer.Fault = request => ip.Equals(request.HttpContext.Connection.RemoteIpAddress) ? StatusCodes.Status401Unauthorized : null;
        Cluster.ApiServer.DropWatches();
        var pod = await RunAsync();
        await Eventually.TrueAsync(() => pod.ServedAt is not null, "the pod is served by another leader", Patience);
        Output.WriteLine($"{how}: a new pod served after {clock.Elapsed.TotalSeconds:F2} s");
        Assert.Equal(1, await old.Process.ExitAsync(Deadline).EndsAsync());
        Output.WriteLine($"the old leader ended after {clock.Elapsed.TotalSeconds:F2} s");
        Assert.Contains(old.Process.Output, line => line.Contains("it led and did not reach the API server", StringComparison.Ordinal));
        await ServedOnceAsync([pod]);

        // A StatefulSet starts the controller again. It waits without disturbing the others, and joins as the youngest member.
        await Cluster.Controllers.StartAsync(leader);
        await SaysNothingOfAClusterAsync(leader);
        await ServeAsync();
        Cluster.ApiServer.Fault = _ => null;
        await Cluster.Controllers.HealAsync(leader, Deadline);
        await OneClusterAsync();
        Assert.NotEqual(leader, await LeaderAsync());
        await ServeAsync();
    }

    [Fact]
    public async Task Where_nobody_reaches_the_API_server_nobody_ends_and_what_comes_after_is_served()
    {
        await StartAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        var processes = Cluster.Controllers.Running.Select(controller => controller.Process.Id).ToList();
        var clock = Stopwatch.StartNew();
        await Cluster.ApiServer.StopListeningAsync();
        await Eventually.TrueAsync(() => Said(leader, NobodyElse) >= 4, "it has asked several times", Patience);
        Output.WriteLine($"the API server was away for {clock.Elapsed.TotalSeconds:F2} s");
        await Cluster.ApiServer.ResumeListeningAsync();
        await ServeAsync();
        await OneClusterAsync();
        Assert.Equal(processes, Cluster.Controllers.Running.Select(controller => controller.Process.Id));
        Assert.Equal(leader, await LeaderAsync());
        Assert.Equal(1, Said(leader, Asks));
    }

    private int Said(int index, string text) => Cluster.Controllers[index].Process.Output.Count(line => line.Contains(text, StringComparison.Ordinal));
}
