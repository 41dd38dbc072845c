using System.Globalization;
using AkkaVault.Sandbox.Vault;
using static AkkaVault.EndToEnd.Tests.InitContainer.SidecarVault;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>Requests to a sidecar, each over a connection of its own.</summary>
public sealed class SidecarScrapeTests
{
    private const long MiB = 1024 * 1024;

    [Theory]
    [InlineData("metrics", 200)]
    [InlineData("nothing", 404)]
    public async Task Requests_for_hours_do_not_fill_the_memory(string path, int status)
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings());
        await using var sidecar = await StartAsync(vault);
        Assert.Equal(200, (await sidecar.PushAsync(await PushAsync(vault))).Status);
        await AskAsync(sidecar, path, status, 60);
        var before = Memory(sidecar);
        // Without a collection of garbage they would take some 12 MiB.
        await AskAsync(sidecar, path, status, 240);
        Assert.InRange(Memory(sidecar), 0, before + (6 * MiB));
    }

    private static async Task AskAsync(InitProcess sidecar, string path, int status, int times)
    {
        for (var request = 0; request < times; request++)
        {
            using var get = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { ConnectionClose = true } };
            using var answer = await sidecar.Http.SendAsync(get);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    private static long Memory(InitProcess sidecar) => 1024 * long.Parse(
        File.ReadLines($"/proc/{sidecar.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
