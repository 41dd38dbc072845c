using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>The sandbox's network for controllers: what a cut separates, and what is left after the end.</summary>
public sealed partial class SandboxNetworkTests : IDisposable
{
    private const int Connected = 0;
    private const int Refused = 1;
    private const int Nothing = 124;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(5));

    public void Dispose() => _deadline.Dispose();

    [SkippableFact]
    public async Task What_is_cut_off_is_neither_answered_nor_refused_until_it_is_healed()
    {
        await SkipWhereThereIsNoneAsync();
        string link;
        await using (var network = await SandboxNetwork.StartAsync(2, _deadline.Token))
        {
            using var vault = new TcpListener(network.Vault, 0);
            vault.Start();
            using var apiServer = new TcpListener(network.ApiServer, 0);
            apiServer.Start();
            using var pod = new TcpListener(IPAddress.Parse($"{network.PodBlock}.3.4"), 0);
            pod.Start();
            IPEndPoint[] controllers = [new(IPAddress.Parse($"{network.ControllerBlock}.1"), 9), new(IPAddress.Parse($"{network.ControllerBlock}.2"), 9)];
            for (var index = 0; index < 2; index++) await network.AddressAsync(index, $"{controllers[index].Address}", _deadline.Token);

            async Task IsAsync(int toController, int fromController, int toVault, int toApiServer) => Assert.Equal(
                (toController, fromController, toVault, toApiServer, Connected),
                (await ConnectAsync(network, 0, controllers[1], toController), await ConnectAsync(network, 1, controllers[0], fromController),
                 await ConnectAsync(network, 0, vault.LocalEndpoint, toVault), await ConnectAsync(network, 0, apiServer.LocalEndpoint, toApiServer),
                 await ConnectAsync(network, 0, pod.LocalEndpoint, Connected)));

            await IsAsync(Refused, Refused, Connected, Connected);
            await network.CutAsync(0, NetworkCut.ApiServer, _deadline.Token);
            await IsAsync(Refused, Refused, Connected, Nothing);
            await network.HealAsync(0, _deadline.Token);
            await network.CutAsync(0, NetworkCut.Controllers, _deadline.Token);
            await IsAsync(Nothing, Nothing, Connected, Connected);
            await network.CutAsync(0, NetworkCut.AllButPods, _deadline.Token);
            await IsAsync(Nothing, Nothing, Nothing, Nothing);
            await network.HealAsync(0, _deadline.Token);
            await IsAsync(Refused, Refused, Connected, Connected);
            link = LinkOf(network.PodBlock);
            Assert.True(Exists(link));
        }

        Assert.False(Exists(link));
    }

    [SkippableFact]
    public async Task A_sandbox_that_is_killed_leaves_neither_link_nor_controllers_behind()
    {
        await SkipWhereThereIsNoneAsync();
        var directory = Directory.CreateTempSubdirectory("akkavault-killed-");
        await using var sandbox = ChildProcess.Start(
            new ProgramCommand("dotnet", [typeof(SandboxCluster).Assembly.Location]), ["--controllers", "3", "--chaos", "--minutes", "5"], new Dictionary<string, string> { ["TMPDIR"] = directory.FullName });
        string? said = null;
        await Eventually.TrueAsync(() => (said = sandbox.Output.FirstOrDefault(line => line.Contains("(process ", StringComparison.Ordinal))) is not null, "it says where its controllers are", Eventually.WithPublish);
        var link = LinkOf(VaultPattern().Match(said!).Groups[1].Value);
        var controllers = ProcessPattern().Matches(said!).Select(process => $"/proc/{process.Groups[1].Value}").ToList();
        Assert.True(Exists(link));
        Assert.Equal((3, true), (controllers.Count, controllers.TrueForAll(Directory.Exists)));
        // Kill only the sandbox's process: no other process gets a signal.
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -KILL {sandbox.Id}"])) await kill.WaitForExitAsync(_deadline.Token);
        await Eventually.TrueAsync(() => !Exists(link) && !controllers.Exists(Directory.Exists), "all of it has gone");
        directory.Delete(recursive: true);
    }

    private static async Task SkipWhereThereIsNoneAsync()
    {
        var missing = await SandboxNetwork.MissingAsync();
        Skip.If(missing is not null, missing);
    }

    /// <summary>Tries to connect. It waits long enough for an answer on a slow machine, and only shortly when no answer is expected.</summary>
    private async Task<int> ConnectAsync(SandboxNetwork network, int from, EndPoint to, int expected)
    {
        var patience = expected == Nothing ? "1" : "5";
        var end = (IPEndPoint)to;
        await using var connecting = ChildProcess.Start(network.Within(from, new ProgramCommand("timeout", [patience, "bash", "-c", $"exec 3<>/dev/tcp/{end.Address}/{end.Port}"])), [], new Dictionary<string, string>());
        return await connecting.ExitAsync(_deadline.Token);
    }

    private static string LinkOf(string podBlock) => $"akkavault-{podBlock.Split('.')[1]}";

    private static bool Exists(string link) => NetworkInterface.GetAllNetworkInterfaces().Any(there => there.Name == link);

    [GeneratedRegex(@"^Vault http://(\d+\.\d+)\.")]
    private static partial Regex VaultPattern();

    [GeneratedRegex(@"\(process (\d+)\)")]
    private static partial Regex ProcessPattern();
}
